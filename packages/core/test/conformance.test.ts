import type { FlagDefinition, FlagSet } from "@burgee/core";
import { expect, test } from "vitest";
import { flagSet, openShop, ruled, shopWith } from "./shop.js";

const beta = "new-checkout";

/** Codes and flags of the problems that a flag set is, once it is adopted. */
async function problemsOf(set: FlagSet) {
  const shop = openShop(set);
  await shop.flags.ready();
  return { ...shop, told: () => shop.problems.map(({ code, flag }) => [code, flag]) };
}

function onOff(change: object): FlagDefinition {
  return {
    state: "ENABLED",
    variants: { on: true, off: false },
    defaultVariant: "off",
    ...change,
  } as FlagDefinition;
}

test("a flag set that has what the definitions say is no problem", async () => {
  expect((await problemsOf(flagSet)).problems).toEqual([]);
});

test("flags that only other applications define are no problem", async () => {
  expect((await problemsOf(shopWith({ theirs: onOff({ variants: { a: 1 } }) }))).problems).toEqual(
    [],
  );
});

test.each<[string, string, FlagDefinition | undefined, RegExp]>([
  ["a flag that is missing", "FLAG_NOT_FOUND", undefined, /serves its default: it is not in/],
  [
    "values of another type",
    "TYPE_MISMATCH",
    onOff({ variants: { on: "yes", off: false } }),
    /another type than boolean: "on"/,
  ],
  [
    "a variant that is not declared",
    "UNDECLARED_VARIANT",
    onOff({ variants: { on: true, off: false, beta: true } }),
    /its definition lacks: "beta"/,
  ],
  [
    "a declared variant that is missing",
    "MISSING_VARIANT",
    onOff({ variants: { off: false } }),
    /its definition has: "on"/,
  ],
  [
    "a default variant that is none",
    "GENERAL",
    onOff({ defaultVariant: "toString" }),
    /none of its variants: "toString"/,
  ],
  [
    "a disabled flag with a variant that is not declared",
    "UNDECLARED_VARIANT",
    onOff({ state: "DISABLED", variants: { on: true, off: false, beta: true } }),
    /"beta"/,
  ],
])("%s is a %s problem as soon as the revision is adopted", async (_, code, flag, named) => {
  const { [beta]: _replaced, ...others } = flagSet.flags;
  const { problems } = await problemsOf({ flags: { ...others, ...(flag && { [beta]: flag }) } });
  expect(problems).toMatchObject([{ code, flag: beta }]);
  expect(problems[0]?.message).toMatch(/^Flag "new-checkout" /);
  expect(problems[0]?.message).toMatch(named);
});

test("a flag's several differences are a problem each", async () => {
  const { told } = await problemsOf(shopWith({ [beta]: onOff({ variants: { off: "no" } }) }));
  expect(told()).toEqual([
    ["TYPE_MISMATCH", beta],
    ["MISSING_VARIANT", beta],
  ]);
});

test("what was told when the revision was adopted is not told again by a read", async () => {
  const { flags, told } = await problemsOf({ flags: {} });
  flags.scope({}).get(beta);
  expect(told()).toEqual([
    ["FLAG_NOT_FOUND", "new-checkout"],
    ["FLAG_NOT_FOUND", "page-size"],
    ["FLAG_NOT_FOUND", "search-ranking"],
  ]);
});

test("another revision that still differs is told again", async () => {
  const { source, told } = await problemsOf(
    shopWith({ [beta]: onOff({ variants: { off: false } }) }),
  );
  source.next(shopWith({ [beta]: onOff({ variants: { off: false } }) }));
  expect(told()).toEqual([
    ["MISSING_VARIANT", beta],
    ["MISSING_VARIANT", beta],
  ]);
});

test("of a delta only what it changes is looked at", async () => {
  const { source, told, problems } = await problemsOf({
    flags: { [beta]: flagSet.flags[beta], theirs: ruled("on") },
  });
  problems.length = 0;
  source.change({ flags: { put: { theirs: ruled("off") }, remove: [beta] } });
  expect(told()).toEqual([["FLAG_NOT_FOUND", beta]]);
  source.change({ flags: { put: { [beta]: onOff({ variants: { off: false } }) } } });
  expect(told().slice(1)).toEqual([["MISSING_VARIANT", beta]]);
});

test("a difference does not change what is served", async () => {
  const { flags } = await problemsOf(
    shopWith({ [beta]: { ...ruled("beta"), variants: { on: true, off: false, beta: true } } }),
  );
  expect(flags.scope({}).details(beta)).toMatchObject({ value: true, variant: "beta" });
});

test.each([[null], [7], ["on"], [[]], [{}], [{ variants: null }], [{ variants: [] }]])(
  "a flag that is %o throws nothing, and serves the default",
  async (flag) => {
    const { flags } = await problemsOf(shopWith({ [beta]: flag as unknown as FlagDefinition }));
    expect(flags.scope({}).get(beta)).toBe(false);
  },
);
