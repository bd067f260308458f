import { createFlags } from "@burgee/core";
import { memoryStore } from "@burgee/stores/memory";
import { expect, test } from "vitest";
import { createGroup } from "../src/group.js";
import { createPrecomputed } from "../src/precomputed.js";
import { client, definitions, secret } from "./static-shop.js";

const keys = ["header", "colour", "size"] as const;
const flags = createFlags(definitions, { source: memoryStore(), client, secret });
const home = createGroup(() => flags, "home", keys);
const picked = new Map(keys.map((key) => [key, definitions[key]]));

test("each permutation shows its own variants", async () => {
  const pages = await Promise.all(
    (await home.permutations()).map(({ code }) => home.fromCode(code)),
  );
  const shown = pages.map((page) => keys.map((key) => `${page.variant(key)}=${page.get(key)}`));
  expect(new Set(shown.map(String)).size).toBe(12);
  expect(shown).toContainEqual(["on=true", "green=green", "small=10"]);
  expect(pages.every(({ isCurrent }) => isCurrent)).toBe(true);
});

test("a payload has the group's client flags, and neither a server flag nor another client flag", () => {
  const variants = { header: "on", colour: "blue", size: "large" };
  expect(createPrecomputed(picked, client, variants).payload()).toEqual({
    flags: [{ key: "colour", value: "blue", variant: "blue", reason: "STATIC" }],
  });
});

test("the payload of a wrong code has the defaults, and says that they are", () => {
  expect(createPrecomputed(picked, client, undefined).payload()).toEqual({
    flags: [{ key: "colour", value: "red", variant: "red", reason: "DEFAULT" }],
  });
});

test("a flag that is not of the group has no value, whatever it is called", async () => {
  for (const page of [await home.fromCode(undefined), await home.fromCode("wrong")]) {
    for (const key of ["font", "admin", "constructor", "__proto__"]) {
      expect(page.get(key as "header")).toBeUndefined();
    }
  }
});
