import { createFlags, defineFlags } from "@burgee/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { flagSet, openShop, ruled, shopWith } from "./shop.js";
import { sourceOf } from "./source-of.js";

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

const beta = "new-checkout";
const pro = { plan: "pro" };
const minute = () => ({ until: Date.now() + 60_000, reason: "errors rose" });

/** The shop once its first revision is there, and the changes told since. */
function openedShop() {
  const shop = openShop(flagSet);
  shop.flags.scope({});
  shop.changes.length = 0;
  return shop;
}

test("a pinned flag serves its safe variant, whatever the rules say", () => {
  const { flags, exposures } = openedShop();
  flags.pin(beta, "off", minute());
  expect(flags.scope(pro).details(beta)).toEqual({
    value: false,
    variant: "off",
    reason: "TARGETING_MATCH",
    pinned: true,
    flagMetadata: {},
  });
  expect(exposures[0]?.details.pinned).toBe(true);
  expect(flags.scope({}).get("search-ranking")).toBe("hybrid");
});

test("a pin holds before the first revision, too", () => {
  const { flags } = openShop();
  flags.pin(beta, "off", minute());
  expect(flags.scope(pro).details(beta)).toMatchObject({ variant: "off", pinned: true });
});

test("a flag that requires a pinned one serves its default", () => {
  const definitions = defineFlags({
    [beta]: { default: false },
    "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"], requires: [beta] },
  });
  const flags = createFlags(definitions, { source: sourceOf(flagSet) });
  expect(flags.scope(pro).get("search-ranking")).toBe("hybrid");
  flags.pin(beta, "off", minute());
  expect(flags.scope(pro).get("search-ranking")).toBe("bm25");
});

test("a scope that was opened before goes on as it began", () => {
  const { flags } = openedShop();
  const before = flags.scope(pro);
  const undo = flags.pin(beta, "off", minute());
  const inside = flags.scope(pro);
  undo();
  expect([before.get(beta), inside.get(beta), flags.scope(pro).get(beta)]).toEqual([
    true,
    false,
    true,
  ]);
});

test("a pin is over at its end, and not before", () => {
  const { flags } = openedShop();
  flags.pin(beta, "off", { until: new Date(Date.now() + 60_000), reason: "errors rose" });
  vi.advanceTimersByTime(59_999);
  expect(flags.scope(pro).get(beta)).toBe(false);
  vi.advanceTimersByTime(1);
  expect(flags.scope(pro).get(beta)).toBe(true);
});

test("a pin is over at its end, though no timer has run since", () => {
  const { flags } = openedShop();
  flags.pin(beta, "off", minute());
  vi.setSystemTime(Date.now() + 60_000);
  expect(flags.scope(pro).get(beta)).toBe(true);
  expect(flags.health.pins).toEqual([]);
});

test("a pin is a change when it is set, replaced, removed and over", () => {
  const { flags, changes } = openedShop();
  flags.pin(beta, "off", minute());
  const undo = flags.pin(beta, "off", minute());
  expect(changes).toEqual([
    { keys: [beta], cause: "pin" },
    { keys: [beta], cause: "pin" },
  ]);
  undo();
  expect(changes).toHaveLength(3);
  flags.pin(beta, "off", minute());
  flags.pin("page-size", "small", minute());
  vi.advanceTimersByTime(60_000);
  expect(changes.slice(5)).toEqual([{ keys: [beta, "page-size"], cause: "pin" }]);
  vi.advanceTimersByTime(600_000);
  expect(changes).toHaveLength(6);
});

test("each pin is over at its own end", () => {
  const { flags, changes } = openedShop();
  flags.pin(beta, "off", minute());
  flags.pin("page-size", "small", { until: Date.now() + 30_000, reason: "slow" });
  changes.length = 0;
  vi.advanceTimersByTime(30_000);
  expect(changes).toEqual([{ keys: ["page-size"], cause: "pin" }]);
  vi.advanceTimersByTime(30_000);
  expect(changes.slice(1)).toEqual([{ keys: [beta], cause: "pin" }]);
});

test("the undo takes back its own pin once, and leaves a later one alone", () => {
  const { flags, changes } = openedShop();
  const undo = flags.pin(beta, "off", minute());
  flags.pin(beta, "off", minute());
  undo();
  expect(flags.scope(pro).get(beta)).toBe(false);
  const second = flags.pin(beta, "off", minute());
  changes.length = 0;
  second();
  second();
  expect(flags.scope(pro).get(beta)).toBe(true);
  expect(changes).toHaveLength(1);
});

test("another revision leaves pins alone", () => {
  const { flags, source } = openedShop();
  flags.pin(beta, "off", minute());
  source.next(shopWith({ [beta]: ruled("on") }));
  expect(flags.scope(pro).get(beta)).toBe(false);
});

test("pins are those of one process: another Flags of the same source has none", () => {
  const source = sourceOf(flagSet);
  const definitions = defineFlags({ [beta]: { default: false } });
  const [here, there] = [
    createFlags(definitions, { source }),
    createFlags(definitions, { source }),
  ];
  here.pin(beta, "off", minute());
  expect([here.scope(pro).get(beta), there.scope(pro).get(beta)]).toEqual([false, true]);
});

test("closed, it announces no end and keeps no timer; a pin still is over then", () => {
  const { flags, changes } = openedShop();
  flags.pin(beta, "off", minute());
  flags.close();
  expect(vi.getTimerCount()).toBe(0);
  changes.length = 0;
  vi.advanceTimersByTime(60_000);
  expect([changes, flags.scope(pro).get(beta)]).toEqual([[], true]);
});

test.each<[string, string, string, { until: unknown; reason: unknown }, RegExp]>([
  [
    "raises a treatment",
    beta,
    "on",
    { until: 1_060_000, reason: "r" },
    /only be pinned to its default "off", not to "on"/,
  ],
  ["names no variant", beta, "maybe", { until: 1_060_000, reason: "r" }, /not to "maybe"/],
  [
    "names no flag",
    "no-such-flag",
    "off",
    { until: 1_060_000, reason: "r" },
    /"no-such-flag".*not defined/,
  ],
  [
    "names a prototype's member",
    "toString",
    "off",
    { until: 1_060_000, reason: "r" },
    /"toString".*not defined/,
  ],
  ["is over", beta, "off", { until: 999_999, reason: "r" }, /within the next 10 minutes/],
  ["is over now", beta, "off", { until: 1_000_000, reason: "r" }, /within the next 10 minutes/],
  ["has no end", beta, "off", { until: undefined, reason: "r" }, /within the next 10 minutes/],
  ["has no valid end", beta, "off", { until: new Date("x"), reason: "r" }, /within the next 10/],
  ["lasts longer", beta, "off", { until: 1_600_001, reason: "r" }, /within the next 10 minutes/],
  ["lasts forever", beta, "off", { until: Number.POSITIVE_INFINITY, reason: "r" }, /10 minutes/],
  ["has no reason", beta, "off", { until: 1_060_000, reason: "" }, /without a reason/],
  ["gives no text", beta, "off", { until: 1_060_000, reason: undefined }, /without a reason/],
])("a pin that %s is refused, and changes nothing", (_, key, variant, options, named) => {
  const { flags, changes } = openedShop();
  const pin = flags.pin as (key: string, variant: string, options: unknown) => () => void;
  const { until, reason } = options;
  const refused = () => pin(key, variant, { until, reason });
  expect(refused).toThrow(expect.objectContaining({ code: "INVALID_PIN", flag: key }));
  expect(refused).toThrow(named);
  expect([changes, flags.health.pins]).toEqual([[], []]);
  expect(flags.scope(pro).get(beta)).toBe(true);
});
