import { createFlags, type FlagSet, type JsonValue } from "@burgee/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { definitions, openShop, ruled, shopWith } from "./shop.js";
import { sourceOf } from "./source-of.js";

const start = Date.parse("2027-01-04T08:59:00Z");
const nine = start + 60_000;
const beta = "new-checkout";

beforeEach(() => void vi.useFakeTimers({ now: start }));
afterEach(() => void vi.useRealTimers());

function from(date: number): JsonValue {
  return { ">=": [{ var: "$flagd.timestamp" }, date / 1000] };
}

/** On from a moment on. */
function onFrom(date: number) {
  return ruled({ if: [from(date), "on"] });
}

/** A shop whose changes are those since its first revision; the flag was read, unless it is said. */
function openedShop(set: FlagSet, { read = true } = {}) {
  const shop = openShop(set);
  const scope = shop.flags.scope({});
  if (read) scope.get(beta);
  vi.advanceTimersByTime(1);
  shop.changes.length = 0;
  return shop;
}

test("a date in a rule is a change of its flag, at that second, without a revision", () => {
  const { flags, changes } = openedShop(shopWith({ [beta]: onFrom(nine) }));
  vi.advanceTimersByTime(nine - Date.now() - 1);
  expect([changes, flags.scope({}).get(beta)]).toEqual([[], false]);
  vi.advanceTimersByTime(1);
  expect(changes).toEqual([{ keys: [beta], cause: "schedule" }]);
  expect(flags.scope({}).get(beta)).toBe(true);
});

test("each date of a rule is a change, and after the last there is none", () => {
  const dates = [nine, nine + 60_000, nine + 86_400_000];
  const rule = {
    if: dates.toReversed().flatMap((date, index) => [from(date), index % 2 ? "off" : "on"]),
  };
  const { changes } = openedShop(shopWith({ [beta]: ruled(rule) }));
  vi.advanceTimersByTime(7 * 86_400_000);
  expect(changes).toHaveLength(3);
  expect(vi.getTimerCount()).toBe(0);
});

test("a date that is years away is waited for", () => {
  const year = start + 365 * 86_400_000;
  const { changes } = openedShop(shopWith({ [beta]: onFrom(year) }));
  vi.advanceTimersByTime(year - Date.now() - 1);
  expect(changes).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(changes).toHaveLength(1);
});

test("a weight that grows with the time is looked at each minute", () => {
  const grown = { "-": [{ var: "$flagd.timestamp" }, start / 1000] };
  const rule = { fractional: ["user-1", ["on", grown], ["off", 1000]] };
  const { changes } = openedShop(shopWith({ [beta]: ruled(rule) }));
  vi.advanceTimersByTime(180_000);
  expect(changes).toEqual([
    { keys: [beta], cause: "schedule" },
    { keys: [beta], cause: "schedule" },
    { keys: [beta], cause: "schedule" },
  ]);
});

test("one timer does for all flags", () => {
  const set = shopWith({
    [beta]: onFrom(nine),
    "page-size": pageSizeFrom(nine),
    more: onFrom(nine),
  });
  const { flags, changes } = openedShop(set);
  flags.scope({}).get("page-size");
  vi.advanceTimersByTime(1);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(60_000);
  expect(changes.map(({ keys }) => [...keys].sort())).toEqual([[beta, "page-size"]]);
});

test("the date of a flag that nobody has read is no change, and no later read makes it one", () => {
  const { flags, changes } = openedShop(shopWith({ [beta]: onFrom(nine) }), { read: false });
  vi.advanceTimersByTime(120_000);
  expect(flags.scope({}).get(beta)).toBe(true);
  vi.advanceTimersByTime(120_000);
  expect(changes).toEqual([]);
});

test("a client flag counts though nobody has read it here", () => {
  const source = sourceOf(shopWith({ [beta]: onFrom(nine) }));
  const flags = createFlags(definitions, { source, client: { [beta]: definitions[beta] } });
  const changed = vi.fn();
  flags.observe({ changed });
  flags.scope({});
  changed.mockClear();
  vi.advanceTimersByTime(60_000);
  expect(changed.mock.calls).toEqual([[{ keys: [beta], cause: "schedule" }]]);
});

test("what a client flag requires counts with it", () => {
  const set = { flags: { [beta]: ruled("on"), sale: onFrom(nine) } };
  const sale = { ...definitions[beta] };
  const client = { [beta]: { ...definitions[beta], requires: ["sale"] } };
  const flags = createFlags({ ...client, sale }, { source: sourceOf(set), client });
  const changed = vi.fn();
  flags.observe({ changed });
  flags.scope({});
  changed.mockClear();
  vi.advanceTimersByTime(60_000);
  expect(changed.mock.calls).toEqual([[{ keys: ["sale", beta], cause: "schedule" }]]);
});

test("a client flag counts from the first observer on, also where the revision came before", () => {
  const source = sourceOf(shopWith({ [beta]: onFrom(nine) }));
  const flags = createFlags(definitions, { source, client: { [beta]: definitions[beta] } });
  flags.scope({});
  const changed = vi.fn();
  flags.observe({ changed });
  vi.advanceTimersByTime(60_000);
  expect(changed).toHaveBeenCalledTimes(1);
});

test("there is no timer while nobody wants to be told of changes", () => {
  const source = sourceOf(shopWith({ [beta]: onFrom(nine) }));
  const flags = createFlags(definitions, { source });
  flags.observe({ exposure: () => {} });
  flags.scope({}).get(beta);
  expect(vi.getTimerCount()).toBe(0);
  const changed = vi.fn();
  const stop = flags.observe({ changed });
  vi.advanceTimersByTime(1);
  expect(vi.getTimerCount()).toBe(1);
  stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(60_000);
  expect(changed).not.toHaveBeenCalled();
});

test("what passed while nobody wanted to be told is not told later", () => {
  const source = sourceOf(shopWith({ [beta]: onFrom(nine) }));
  const flags = createFlags(definitions, { source });
  flags.scope({}).get(beta);
  vi.advanceTimersByTime(120_000);
  const changed = vi.fn();
  flags.observe({ changed });
  vi.advanceTimersByTime(120_000);
  expect(changed).not.toHaveBeenCalled();
});

test("another revision's dates take the place of those before", () => {
  const { flags, source, changes } = openedShop(shopWith({ [beta]: onFrom(nine) }));
  source.change({ flags: { put: { [beta]: onFrom(nine + 60_000) } } });
  flags.scope({}).get(beta);
  vi.advanceTimersByTime(nine - Date.now());
  expect(changes.map(({ cause }) => cause)).toEqual(["revision"]);
  vi.advanceTimersByTime(60_000);
  expect(changes.map(({ cause }) => cause)).toEqual(["revision", "schedule"]);
});

test("a revision that leaves a flag alone leaves its dates alone", () => {
  const { source, changes } = openedShop(shopWith({ [beta]: onFrom(nine), other: ruled("on") }));
  source.change({ flags: { put: { other: ruled("off") } }, metadata: { version: "2" } });
  changes.length = 0;
  vi.advanceTimersByTime(60_000);
  expect(changes).toEqual([{ keys: [beta], cause: "schedule" }]);
});

test("a revision that comes just after a date does not swallow the change of another flag", () => {
  const { source, changes } = openedShop(shopWith({ [beta]: onFrom(nine), other: ruled("on") }));
  vi.setSystemTime(nine + 500); // the timer is late
  source.change({ flags: { put: { other: ruled("off") } } });
  vi.advanceTimersByTime(1);
  expect(changes).toEqual([
    { keys: ["other"], cause: "revision" },
    { keys: [beta], cause: "schedule" },
  ]);
});

test("closed, it tells nothing more and keeps no timer", () => {
  const { flags, changes } = openedShop(shopWith({ [beta]: onFrom(nine) }));
  flags.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(120_000);
  expect(changes).toEqual([]);
});

test("the moments are those of the clock it was given", () => {
  let ahead = 30_000;
  const source = sourceOf(shopWith({ [beta]: onFrom(nine) }));
  const flags = createFlags(definitions, { source, now: () => Date.now() + ahead });
  const changed = vi.fn();
  flags.observe({ changed });
  flags.scope({}).get(beta);
  changed.mockClear();
  vi.advanceTimersByTime(29_999);
  expect(changed).not.toHaveBeenCalled();
  ahead += 1;
  vi.advanceTimersByTime(1);
  expect(changed).toHaveBeenCalledTimes(1);
});

function pageSizeFrom(date: number) {
  return {
    ...onFrom(date),
    variants: { small: 10, large: 50 },
    defaultVariant: "small",
    targeting: { if: [from(date), "large"] },
  };
}
