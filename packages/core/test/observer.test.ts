import type { BurgeeError, Exposure, Observer } from "@burgee/core";
import { afterEach, expect, test, vi } from "vitest";
import { createObservers } from "../src/observer.js";
import { flagSet, openShop, ruled } from "./shop.js";

afterEach(() => vi.restoreAllMocks());

const broken: Record<string, (event: unknown) => unknown> = {
  throwing: () => {
    throw new Error("broken");
  },
  rejecting: () => Promise.reject(new Error("broken")),
  "never settling": () => new Promise(() => {}),
};

test.each(Object.keys(broken))("a %s observer changes neither value nor outcome", async (kind) => {
  const { flags, source, settlements } = openShop(flagSet);
  const method = broken[kind];
  flags.observe({
    exposure: method,
    settled: method,
    changed: method,
    problem: method,
  } as Observer);
  const result = await flags.run({ plan: "pro" }, (scope) => scope.get("new-checkout"));
  source.problem(new Error("outage"));
  source.next({ flags: {} });
  expect(result).toBe(true);
  expect(settlements).toMatchObject([{ outcome: { status: "ok" } }]);
});

test.each<[string, (exposure: Exposure) => void]>([
  ["its details", ({ details }) => Object.assign(details, { value: true, variant: "on" })],
  ["the event", (exposure) => Object.assign(exposure, { details: { value: true } })],
])("an observer cannot change a value by writing to %s", (_, exposure) => {
  for (const set of [undefined, { flags: {} }, flagSet]) {
    const { flags } = openShop(set);
    flags.observe({ exposure });
    const scope = flags.scope({});
    expect([scope.get("new-checkout"), scope.get("new-checkout")]).toEqual([false, false]);
    expect(scope.details("new-checkout").variant).toBe("off");
  }
});

test("an observer cannot change what a percentage decided", () => {
  const { flags } = openShop({ flags: { "new-checkout": ruled({ fractional: [["off", 1]] }) } });
  flags.observe({ exposure: ({ details }) => Object.assign(details, { value: true }) });
  flags.observe({ exposure: ({ details }) => Object.assign(details.split ?? {}, { unit: "ada" }) });
  const scope = flags.scope({ targetingKey: "jon" });
  expect([scope.get("new-checkout"), scope.get("new-checkout")]).toEqual([false, false]);
  expect(scope.details("new-checkout").split?.unit).toBe("jon");
});

test("every observer is told, also after one that throws", () => {
  const { flags } = openShop(flagSet);
  const seen: Exposure[] = [];
  flags.observe({ exposure: broken["throwing"] as Observer["exposure"] } as Observer);
  flags.observe({ exposure: (exposure) => seen.push(exposure) });
  flags.scope({}).get("new-checkout");
  expect(seen).toHaveLength(1);
});

test("an observer is told as itself, so that it may be a class", () => {
  class Counter implements Observer {
    count = 0;
    exposure(): void {
      this.count++;
    }
  }
  const counter = new Counter();
  const { flags } = openShop(flagSet);
  flags.observe(counter);
  flags.scope({}).get("new-checkout");
  expect(counter.count).toBe(1);
});

test("a method that throws is one OBSERVER_FAILED problem, however often it does", () => {
  const { flags, problems } = openShop(flagSet);
  flags.observe({ exposure: broken["throwing"] as Observer["exposure"] } as Observer);
  for (let time = 0; time < 3; time++) flags.scope({}).get("new-checkout");
  expect(problems).toMatchObject([{ code: "OBSERVER_FAILED", cause: new Error("broken") }]);
  expect(problems[0]?.message).toContain("exposure()");
});

test("a method that rejects is an OBSERVER_FAILED problem", async () => {
  const { flags } = openShop(flagSet);
  flags.observe({ settled: () => Promise.reject(new Error("broken")) });
  const problem = new Promise<BurgeeError>((resolve) => flags.observe({ problem: resolve }));
  flags.scope({}).settle();
  expect(await problem).toMatchObject({ code: "OBSERVER_FAILED", cause: new Error("broken") });
});

test.each(["throwing", "rejecting"])(
  "a %s problem observer is not told its own without end",
  async (kind) => {
    const { flags, source, problems } = openShop(flagSet);
    const problem = vi.fn(broken[kind]);
    flags.observe({ problem });
    await flags.ready();
    source.problem(new Error("outage"));
    await new Promise(setImmediate);
    expect(problems.map(({ code }) => code)).toEqual(["SOURCE_UNAVAILABLE", "OBSERVER_FAILED"]);
    expect(problem).toHaveBeenCalledTimes(2);
  },
);

test("observe returns the undo", () => {
  const { flags } = openShop(flagSet);
  const seen: Exposure[] = [];
  const stop = flags.observe({ exposure: (exposure) => seen.push(exposure) });
  flags.scope({}).get("new-checkout");
  stop();
  stop();
  flags.scope({}).get("new-checkout");
  expect(seen).toHaveLength(1);
});

test("the same observer added twice and removed once is still told", () => {
  const { flags } = openShop(flagSet);
  const seen: Exposure[] = [];
  const observer: Observer = { exposure: (exposure) => seen.push(exposure) };
  const stop = flags.observe(observer);
  flags.observe(observer);
  stop();
  stop();
  flags.scope({}).get("new-checkout");
  expect(seen).toHaveLength(1);
});

test("an observer may leave while it is told, without costing another its event", () => {
  const observers = createObservers((error) => expect.fail(String(error)));
  const seen: string[] = [];
  const stop = observers.add({
    changed: () => {
      seen.push("first");
      stop();
    },
  });
  observers.add({ changed: () => seen.push("second") });
  observers.tell("changed", { keys: [], cause: "revision" });
  expect(seen).toEqual(["first", "second"]);
});

test("somebody listens to an event while an observer has its method", () => {
  const observers = createObservers(() => {});
  const stop = observers.add({ settled: () => {} });
  expect([observers.listenTo("settled"), observers.listenTo("changed")]).toEqual([true, false]);
  stop();
  expect(observers.listenTo("settled")).toBe(false);
});
