import { createFlags, type Definitions, defineFlags } from "@burgee/core";
import { memoryStore } from "@burgee/stores/memory";
import { expect, test } from "vitest";
import { createGroup } from "../src/group.js";
import { secret } from "./static-shop.js";

function groupOf(definitions: Definitions, options: { secret?: string } = { secret }) {
  const flags = createFlags(definitions, { source: memoryStore(), ...options });
  return createGroup(() => flags, "home", Object.keys(definitions));
}

function booleans(count: number): Definitions {
  const flags = Array.from({ length: count }, (_, n) => [`flag-${n}`, { default: false }]);
  return defineFlags(Object.fromEntries(flags));
}

const theme = {
  theme: { default: "plain", variants: ["plain", "dark", "sea", "wood", "ice"] },
} as const;

test("permutations are the codes of all combinations, each once", async () => {
  const home = groupOf({ ...booleans(2), ...defineFlags(theme) });
  const all = await home.permutations();
  expect(all).toHaveLength(20);
  expect(new Set(all.map(({ code }) => code)).size).toBe(20);
  const pages = await Promise.all(all.map(({ code }) => home.fromCode(code)));
  const shown = pages.map((page) => home.keys.map((key) => page.variant(key)).join());
  expect(new Set(shown).size).toBe(20);
});

test("14 booleans are 16384 codes: none is made, and the error says how many and what to take out", async () => {
  const withoutSecret = groupOf(booleans(14), {});
  for (const home of [groupOf(booleans(14)), withoutSecret]) {
    await expect(home.permutations()).rejects.toMatchObject({
      code: "TOO_MANY_PERMUTATIONS",
      message: expect.stringMatching(
        /"home" has 16384 permutations, more than the 64 .*Without "flag-0", of 2 variants, 8192 remain; without "flag-0", ("flag-\d", ){6}"flag-7", 64\./,
      ),
    });
  }
});

test("the flag to take out first is the one with the most variants", async () => {
  const home = groupOf({ ...booleans(5), ...defineFlags(theme) });
  await expect(home.permutations()).rejects.toThrow(
    /has 160 permutations.*Without "theme", of 5 variants, 32 remain\. \[TOO_MANY/,
  );
});

test("64 are allowed unless max says otherwise", async () => {
  expect(await groupOf(booleans(6)).permutations()).toHaveLength(64);
  await expect(groupOf(booleans(7)).permutations()).rejects.toThrow(/128 permutations/);
  expect(await groupOf(booleans(7)).permutations({ max: 128 })).toHaveLength(128);
  await expect(groupOf(booleans(2)).permutations({ max: 3 })).rejects.toThrow(/the 3 that/);
});

test("a number too large for a number is said exactly", async () => {
  await expect(groupOf(booleans(70)).permutations()).rejects.toThrow(
    /has 1180591620717411303424 permutations/,
  );
});

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "64"])(
  "max is a whole number, not %j",
  async (max) => {
    await expect(groupOf(booleans(1)).permutations({ max } as never)).rejects.toMatchObject({
      code: "INVALID_OPTIONS",
    });
  },
);
