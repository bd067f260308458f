import type { RequestHandler } from "express";
import { type Product, products } from "./products.js";

/** Answers with the products that have the words of the query, in an order. */
function search(order: (a: Product, b: Product) => number): RequestHandler {
  return (request, response) => {
    const words = String(request.query["q"] ?? "").split(" ");
    const found = products.filter(({ name }) => words.some((word) => name.includes(word)));
    response.json(found.sort(order));
  };
}

/** The shortest name first: most of it are words of the query. */
export const searchByWords = search((a, b) => a.name.length - b.name.length);

/** The most sold first. */
export const searchByPopularity = search((a, b) => b.sold - a.sold);
