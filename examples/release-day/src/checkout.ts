import { setTimeout as wait } from "node:timers/promises";
import type { RequestHandler } from "express";
import { products } from "./products.js";
import { calling } from "./telemetry.js";

/** The names of the products, one for each piece. */
type Cart = readonly string[];

class PaymentMismatch extends Error {}

/** The bank: it takes a moment, and books the cart in cents. */
function book(cart: Cart): Promise<number> {
  return calling("bank.book", async () => {
    await wait(5 + 15 * Math.random());
    return cart.reduce((sum, name) => sum + Math.round(100 * priceOf(name)), 0);
  });
}

function priceOf(name: string): number {
  return products.find((product) => product.name === name)?.price ?? 0;
}

/** Adds up in cents. */
export const oldCheckout: RequestHandler = async (request, response) => {
  const cart: Cart = request.body;
  const booked = await book(cart);
  const total = cart.map((name) => Math.round(100 * priceOf(name))).reduce((a, b) => a + b, 0);
  if (booked !== total) throw new PaymentMismatch(`booked ${booked}, asked for ${total}`);
  response.json({ total: total / 100 });
};

class BankUnavailable extends Error {}

/** A checkout with a bank that cannot be reached now and then, whichever checkout asks. */
export function withMoodyBank(checkout: RequestHandler): RequestHandler {
  return (request, response, next) => {
    if (Math.random() < 0.03) throw new BankUnavailable("the bank did not answer");
    return checkout(request, response, next);
  };
}

/** The new checkout without its bug: adds up in cents, and answers in cents, too. */
export const mendedCheckout: RequestHandler = async (request, response) => {
  const cart: Cart = request.body;
  response.json({ cents: await book(cart) });
};

/**
 * Adds up in euros, and here is the bug: 4.35 × 100 is 434.99999999999994, so that every cart with
 * a tea spoon differs from what the bank has booked.
 */
export const newCheckout: RequestHandler = async (request, response) => {
  const cart: Cart = request.body;
  const booked = await book(cart);
  const total = cart.map(priceOf).reduce((a, b) => a + b, 0);
  if (booked !== total * 100) throw new PaymentMismatch(`booked ${booked}, asked for ${total}`);
  response.json({ total });
};
