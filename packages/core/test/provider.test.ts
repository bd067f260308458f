import { createFlags, type TrackedEvent } from "@burgee/core";
import { runInScope } from "@burgee/core/ambient";
import { readAs, track } from "@burgee/core/provider";
import { expect, test } from "vitest";
import { definitions, flagSet, openShop, ruled, shopWith } from "./shop.js";
import { sourceOf } from "./source-of.js";

const set = shopWith({ elsewhere: ruled({ if: [{ "==": [{ var: "plan" }, "pro"] }, "on"] }) });
const pro = { plan: "pro" };

test("outside of any scope a flag is read for the caller, and counts nowhere", async () => {
  const { flags, exposures } = openShop(set);
  expect(await readAs(flags, "new-checkout", pro)).toMatchObject({ value: true, variant: "on" });
  expect(await readAs(flags, "new-checkout", {})).toMatchObject({ value: false });
  expect(await readAs(flags, "elsewhere", pro)).toMatchObject({ value: true, variant: "on" });
  expect(exposures).toEqual([]);
});

test("in a scope it is the scope's read: its context, its overrides, its exposures", async () => {
  const { flags, exposures } = openShop(set);
  const scope = flags.scope(pro, { overrides: { "search-ranking": "bm25" } });
  await runInScope(scope, async () => {
    expect(await readAs(flags, "new-checkout", {})).toBe(scope.details("new-checkout"));
    expect(await readAs(flags, "search-ranking", {})).toMatchObject({ value: "bm25" });
    expect(await readAs(flags, "elsewhere", {})).toMatchObject({ value: true });
  });
  expect(scope.exposures.map(({ flag, variant }) => [flag, variant])).toEqual([
    ["new-checkout", "on"],
    ["search-ranking", "bm25"],
    ["elsewhere", "on"],
  ]);
  expect(exposures).toEqual(scope.exposures);
});

test("a caller's attributes go over the scope's, for its own read alone", async () => {
  const { flags } = openShop(set);
  const scope = flags.scope({ country: "NL" });
  await runInScope(scope, async () => {
    expect(await readAs(flags, "new-checkout", pro)).toMatchObject({ value: true });
    expect(await readAs(flags, "page-size", pro)).toMatchObject({ value: 50 });
    expect(await readAs(flags, "elsewhere", pro)).toMatchObject({ value: true });
  });
  expect(scope.get("new-checkout")).toBe(false);
});

test("each variant of a flag counts once in a scope, whoever read it", async () => {
  const { flags, exposures } = openShop(set);
  const scope = flags.scope({});
  await runInScope(scope, async () => {
    for (const plan of ["pro", "free", "pro"]) await readAs(flags, "new-checkout", { plan });
  });
  scope.get("new-checkout");
  scope.get("page-size");
  expect(exposures.map(({ flag, variant }) => `${flag} ${variant}`)).toEqual([
    "new-checkout on",
    "new-checkout off",
    "page-size small",
  ]);
});

test("a context that cannot be read rejects nothing", async () => {
  const { flags, problems } = openShop(set);
  const hostile = {
    get plan(): string {
      throw new Error("no plan");
    },
  };
  const outside = await readAs(flags, "new-checkout", hostile);
  expect(outside).toMatchObject({ value: false, errorCode: "GENERAL" });
  await runInScope(flags.scope(pro), async () => {
    expect(await readAs(flags, "new-checkout", hostile)).toMatchObject({ value: false });
    expect(await readAs(flags, "elsewhere", hostile)).toMatchObject({ value: false });
  });
  expect(problems.map(({ code }) => code)).toContain("INVALID_CONTEXT");
});

test("in a scope, the scope's revision decides", async () => {
  const { flags, source } = openShop(set);
  const scope = flags.scope({});
  source.next(shopWith({ "new-checkout": ruled("off") }));
  await runInScope(scope, async () => {
    expect(await readAs(flags, "new-checkout", pro)).toMatchObject({ value: true });
    expect(await readAs(flags, "elsewhere", pro)).toMatchObject({ value: true });
  });
});

test("the scope of other Flags is none of these", async () => {
  const { flags, exposures } = openShop(set);
  const other = createFlags(definitions, { source: sourceOf(flagSet) }).scope(pro);
  await runInScope(other, async () => {
    expect(await readAs(flags, "new-checkout", {})).toMatchObject({ value: false });
  });
  await runInScope({}, async () => {
    expect(await readAs(flags, "new-checkout", pro)).toMatchObject({ value: true });
  });
  expect([...exposures, ...other.exposures]).toEqual([]);
});

test("before the first revision it is not ready, in a scope or not", async () => {
  const { flags } = openShop();
  const scope = flags.scope({});
  for (const key of ["new-checkout", "elsewhere"]) {
    const expected = { errorCode: "PROVIDER_NOT_READY" };
    expect(await readAs(flags, key, {})).toMatchObject(expected);
    expect(await runInScope(scope, () => readAs(flags, key, pro))).toMatchObject(expected);
    expect(await runInScope(scope, () => readAs(flags, key, {}))).toMatchObject(expected);
  }
});

test("what was tracked is told with the scope it happened in", () => {
  const { flags } = openShop(flagSet);
  const events: TrackedEvent[] = [];
  flags.observe({ tracked: (event) => void events.push(event) });
  const scope = flags.scope(pro);
  const order = { name: "order", context: pro, value: 20, details: { currency: "EUR" } };
  runInScope(scope, () => track(flags, order));
  track(flags, order);
  expect(events).toEqual([
    { ...order, scope },
    { ...order, scope: undefined },
  ]);
  expect(events[0]?.scope).toBe(scope);
});
