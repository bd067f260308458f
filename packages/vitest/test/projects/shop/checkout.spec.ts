import { expect, test } from "vitest";
import { rank, total } from "./checkout.js";
import { flags } from "./flags.js";

test("a basket costs what is in it", async () => {
  await flags.run({}, () => expect(total([{ price: 250 }, { price: 100, count: 2 }])).toBe(450));
});

test("an empty basket costs nothing", async () => {
  await flags.run({}, () => expect(total([])).toBe(0));
});

test("a search finds what it was asked for", async () => {
  await flags.run({}, () => expect(rank("tea")).toContain("tea"));
});
