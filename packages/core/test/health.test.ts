import { createFlags, defineFlags } from "@burgee/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { flagSet, openShop } from "./shop.js";
import { sourceOf } from "./source-of.js";

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

const keys = ["new-checkout", "page-size", "search-ranking"];

test("before the first revision it is starting, and every flag serves its default", () => {
  const { flags, source } = openShop();
  expect(flags.health).toEqual({
    status: "starting",
    revision: undefined,
    age: undefined,
    defaults: keys,
    pins: [],
    refusedOverrides: 0,
  });
  expect(source.subscribers).toBe(0);
});

test("an outage before the first revision says why it is still starting", () => {
  const { flags, source } = openShop();
  flags.scope({});
  source.problem(new Error("connection refused"));
  expect(flags.health).toMatchObject({
    status: "starting",
    outage: {
      since: 1_000_000,
      problem: { code: "SOURCE_UNAVAILABLE", message: expect.stringContaining("refused") },
    },
  });
});

test("with a revision it is ready, and knows how long ago that was known to be the newest", () => {
  const { flags, source } = openShop(flagSet);
  flags.scope({});
  vi.advanceTimersByTime(5000);
  expect(flags.health).toEqual({
    status: "ready",
    revision: "1",
    age: 5000,
    defaults: [],
    pins: [],
    refusedOverrides: 0,
  });
  source.current();
  expect(flags.health.age).toBe(0);
});

test("in an outage it is stale: since when, why, and which flags serve their default by now", () => {
  const definitions = defineFlags({
    "new-checkout": { default: false },
    "page-size": { default: "small", variants: { small: 10, large: 50 }, maxStaleness: "10m" },
    "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"], onOutage: "default" },
  });
  const source = sourceOf(flagSet);
  const flags = createFlags(definitions, { source });
  flags.observe({ problem: () => {} });
  flags.scope({});
  vi.advanceTimersByTime(1000);
  source.problem(new Error("refused"));
  vi.advanceTimersByTime(2000);
  source.problem(new Error("still refused"));
  expect(flags.health).toMatchObject({
    status: "stale",
    revision: "1",
    age: 3000,
    outage: { since: 1_001_000, problem: { message: expect.stringContaining("still refused") } },
    defaults: ["search-ranking"],
  });
  vi.advanceTimersByTime(600_000);
  expect(flags.health.defaults).toEqual(["page-size", "search-ranking"]);
  source.current();
  expect(flags.health).toMatchObject({ status: "ready", age: 0, defaults: [] });
  expect(flags.health.outage).toBeUndefined();
});

test("it lists the pins in force, with their reason", () => {
  const { flags } = openShop(flagSet);
  const until = Date.now() + 60_000;
  flags.pin("new-checkout", "off", { until, reason: "errors rose" });
  expect(flags.health.pins).toEqual([
    { flag: "new-checkout", variant: "off", until, reason: "errors rose" },
  ]);
});

test("closed, it is neither ready nor stale", () => {
  const { flags } = openShop(flagSet);
  flags.scope({});
  flags.close();
  expect(flags.health).toMatchObject({ status: "closed", revision: "1" });
});

test("it is a snapshot of plain data", () => {
  const { flags, source } = openShop(flagSet);
  flags.scope({});
  const before = flags.health;
  source.problem(new Error("gone"));
  expect(before.status).toBe("ready");
  expect(JSON.parse(JSON.stringify(flags.health))).toEqual(flags.health);
});

test("observers are told when it changes: once for each turn", () => {
  const { flags, source } = openShop();
  const told: string[] = [];
  flags.observe({
    health: ({ status, outage }) => void told.push(`${status} ${outage !== undefined}`),
  });
  flags.scope({});
  source.problem(new Error("connection refused"));
  source.problem(new Error("connection refused"));
  source.next(flagSet);
  source.next(flagSet);
  source.current();
  source.problem(new Error("connection refused"));
  source.problem(new Error("connection refused"));
  source.current();
  flags.close();
  flags.close();
  expect(told).toEqual([
    "starting true",
    "ready false",
    "stale true",
    "ready false",
    "closed false",
  ]);
});

test("an observer that comes in an outage is told of its end, whoever listened before", () => {
  const { flags, source } = openShop(flagSet);
  const stop = flags.observe({ health: () => {} });
  flags.scope({});
  stop();
  source.problem(new Error("connection refused"));
  const told: string[] = [];
  flags.observe({ health: ({ status }) => void told.push(status) });
  source.current();
  expect(told).toEqual(["ready"]);
});
