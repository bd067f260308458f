import { BurgeeError, createFlags, defineFlags, type FlagSource, isOutage } from "@burgee/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { flagSet, openShop } from "./shop.js";
import { sourceOf } from "./source-of.js";

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

const definitions = defineFlags({
  "new-checkout": { default: false },
  "page-size": { default: "small", variants: { small: 10, large: 50 }, maxStaleness: "10m" },
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"], onOutage: "default" },
});
const someone = { plan: "pro", country: "NL" };
const gone = new Error("connection refused");

/** The shop's flags with terms of their own, and their source, once the first revision is there. */
function openShopOnTerms() {
  const source = sourceOf(flagSet);
  const flags = createFlags(definitions, { source });
  flags.observe({ problem: () => {} });
  const read = (scope = flags.scope(someone)) => [
    scope.get("new-checkout"),
    scope.get("page-size"),
    scope.get("search-ranking"),
  ];
  read();
  return { source, flags, read };
}

test("in an outage the last known revision serves, marked stale, with its own reason", () => {
  const { flags, source } = openShopOnTerms();
  const before = flags.scope(someone).details("new-checkout");
  source.problem(gone);
  expect(before.stale).toBeUndefined();
  expect(flags.scope(someone).details("new-checkout")).toEqual({ ...before, stale: true });
});

test("a flag says how stale it may become: past that, its default serves, as STALE and no error", () => {
  const { flags, source } = openShopOnTerms();
  source.problem(gone);
  vi.advanceTimersByTime(600_000);
  expect(flags.scope(someone).details("page-size")).toMatchObject({ value: 50, stale: true });
  vi.advanceTimersByTime(1);
  expect(flags.scope(someone).details("page-size")).toEqual({
    value: 10,
    variant: "small",
    reason: "STALE",
    flagMetadata: {},
  });
});

test("a flag without maxStaleness serves the last known revision however long it takes", () => {
  const { source, read } = openShopOnTerms();
  source.problem(gone);
  vi.advanceTimersByTime(365 * 86_400_000);
  expect(read()).toEqual([true, 10, "bm25"]);
});

test("a flag of onOutage default serves it from the first moment to the last", () => {
  const { flags, source } = openShopOnTerms();
  source.problem(gone);
  expect(flags.scope({}).details("search-ranking")).toMatchObject({
    value: "bm25",
    reason: "STALE",
  });
  source.current();
  expect(flags.scope({}).details("search-ranking")).toMatchObject({
    value: "hybrid",
    reason: "STATIC",
  });
});

test.each<[string, (source: ReturnType<typeof sourceOf>) => void]>([
  ["the next revision", (source) => source.next(flagSet)],
  ["the word that the revision held is the newest", (source) => source.current()],
])("an outage ends with %s", (_, end) => {
  const { flags, source, read } = openShopOnTerms();
  source.problem(gone);
  vi.advanceTimersByTime(3_600_000);
  expect(read()).toEqual([true, 10, "bm25"]);
  end(source);
  expect(read()).toEqual([true, 50, "hybrid"]);
  expect(flags.scope(someone).details("new-checkout").stale).toBeUndefined();
});

test("the age runs from the last time the revision was known to be the newest, not from the problem", () => {
  const { source, read } = openShopOnTerms();
  vi.advanceTimersByTime(300_000);
  source.current();
  vi.advanceTimersByTime(599_000);
  source.problem(gone);
  expect(read()).toEqual([true, 50, "bm25"]);
  vi.advanceTimersByTime(1001);
  expect(read()).toEqual([true, 10, "bm25"]);
});

test("a revision that was verified at another time ends no outage, and is as old as it says", () => {
  const { flags, source, read } = openShopOnTerms();
  vi.advanceTimersByTime(60_000);
  source.problem(gone);
  source.bring({ id: "2", flagSet, verifiedAt: 700_000 });
  expect(flags.health).toMatchObject({ status: "stale", revision: "2", age: 360_000 });
  vi.advanceTimersByTime(240_000);
  expect(read()).toEqual([true, 50, "bm25"]);
  vi.advanceTimersByTime(1);
  expect(read()).toEqual([true, 10, "bm25"]);
  source.current();
  expect(flags.health).toMatchObject({ status: "ready", age: 0 });
});

test("a first revision that was verified at another time serves, and begins no outage of its own", async () => {
  const source = sourceOf();
  const flags = createFlags(definitions, { source });
  flags.observe({ problem: () => {} });
  const ready = flags.ready();
  source.bring({ id: "1", flagSet, verifiedAt: 1_000_000 - 600_001 });
  expect(await ready).toBe(true);
  expect(flags.health).toMatchObject({ status: "ready", age: 600_001 });
  source.problem(gone);
  expect(flags.scope(someone).get("page-size")).toBe(10);
});

test("a revision that never was the newest is older than any flag allows", () => {
  const { source, read } = openShopOnTerms();
  source.problem(gone);
  source.bring({ id: "2", flagSet, verifiedAt: Number.NEGATIVE_INFINITY });
  expect(read()).toEqual([true, 10, "bm25"]);
});

test.each(["CACHE_FAILED", "INVALID_VARIABLE", "PARSE_ERROR", "TYPE_MISMATCH"] as const)(
  "%s is said by a source that can be reached: no outage",
  (code) => {
    const { flags, source } = openShopOnTerms();
    source.problem(new BurgeeError(code, "A source said so."));
    expect(flags.health.status).toBe("ready");
    expect(isOutage(new BurgeeError(code, "A source said so."))).toBe(false);
    expect([
      isOutage(gone),
      isOutage(new BurgeeError("SOURCE_UNAVAILABLE", "It is gone.")),
    ]).toEqual([true, true]);
  },
);

test("a problem told again does not begin the outage anew", () => {
  const { source, read } = openShopOnTerms();
  source.problem(gone);
  vi.advanceTimersByTime(400_000);
  source.problem(gone);
  vi.advanceTimersByTime(400_000);
  expect(read()).toEqual([true, 10, "bm25"]);
});

test("a source without problems is never out, however silent it is", () => {
  const { read } = openShopOnTerms();
  vi.advanceTimersByTime(365 * 86_400_000);
  expect(read()).toEqual([true, 50, "hybrid"]);
});

test("a document that cannot be served is a problem, but no outage", () => {
  const { flags, source, read } = openShopOnTerms();
  source.problem(new BurgeeError("INVALID_FLAG_SET", "flags.json: /flags must be an object."));
  vi.advanceTimersByTime(3_600_000);
  expect(read()).toEqual([true, 50, "hybrid"]);
  expect(flags.scope(someone).details("new-checkout").stale).toBeUndefined();
});

test("a document that cannot be served does not end an outage", () => {
  const { source, read } = openShopOnTerms();
  source.problem(gone);
  source.problem(new BurgeeError("INVALID_FLAG_SET", "flags.json: /flags must be an object."));
  expect(read()).toEqual([true, 50, "bm25"]);
});

test("a scope that was opened before an outage, or in one, goes on as it began", () => {
  const { flags, source } = openShopOnTerms();
  const before = flags.scope(someone);
  source.problem(gone);
  const inside = flags.scope(someone);
  expect(before.details("new-checkout").stale).toBeUndefined();
  vi.advanceTimersByTime(3_600_000);
  source.next({ flags: {} });
  expect(inside.details("page-size")).toMatchObject({ value: 50, stale: true });
});

test("an outage before the first revision is no revision yet", () => {
  const { flags, source } = openShop();
  flags.scope({});
  source.problem(gone);
  expect(flags.scope({}).details("new-checkout")).toMatchObject({
    reason: "ERROR",
    errorCode: "PROVIDER_NOT_READY",
  });
});

test("what fails in an outage serves the default with its own reason and code, as stale", () => {
  const { flags, source } = openShop({ flags: {} });
  flags.scope({});
  source.problem(gone);
  expect(flags.scope({}).details("new-checkout")).toMatchObject({
    variant: "off",
    errorCode: "FLAG_NOT_FOUND",
    stale: true,
  });
});

test("exposures and settlements carry the mark", () => {
  const { flags, source, exposures, settlements } = openShop(flagSet);
  flags.scope({});
  source.problem(gone);
  const scope = flags.scope({});
  scope.get("new-checkout");
  scope.settle();
  expect(exposures[0]?.details.stale).toBe(true);
  expect(settlements[0]?.exposures[0]?.details.stale).toBe(true);
});

test("a source that never answers holds nobody up: reads serve the default at once", () => {
  const silent: FlagSource = { subscribe: () => () => {} };
  const flags = createFlags(definitions, { source: silent });
  flags.observe({ problem: () => {} });
  const scope = flags.open(someone) as ReturnType<typeof flags.scope>;
  expect([scope.get("new-checkout"), scope.get("page-size")]).toEqual([false, 10]);
});
