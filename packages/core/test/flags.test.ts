import { createFlags, type Definitions, type FlagSource, type RevisionSink } from "@burgee/core";
import { currentScope } from "@burgee/core/ambient";
import { afterEach, expect, test, vi } from "vitest";
import { definitions, flagSet, openShop, ruled, shopWith } from "./shop.js";
import { sourceOf } from "./source-of.js";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const beta = "new-checkout";
const pro = { plan: "pro" };

test("ready is true once the first revision is there, and at once from then on", async () => {
  const { flags, source } = openShop();
  const ready = flags.ready();
  source.next(flagSet);
  expect(await ready).toBe(true);
  expect(await flags.ready({ timeout: 0 })).toBe(true);
  expect(flags.revision).toBe("1");
});

test.each([[undefined, 5000] as const, [{ timeout: 100 }, 100] as const])(
  "ready(%o) is false after %d ms without a revision, and a READY_TIMEOUT problem",
  async (options, timeout) => {
    vi.useFakeTimers();
    const { flags, source, problems } = openShop();
    let result: boolean | undefined;
    const ready = flags.ready(options).then((value) => {
      result = value;
    });
    await vi.advanceTimersByTimeAsync(timeout - 1);
    expect(result).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    await ready;
    expect(result).toBe(false);
    expect(problems.map(({ code }) => code)).toEqual(["READY_TIMEOUT"]);
    source.next(flagSet);
    expect(await flags.ready()).toBe(true);
  },
);

test("ready never rejects: a source that cannot be subscribed to is a problem", async () => {
  vi.useFakeTimers();
  const { flags, source, problems } = openShop();
  source.subscribe = () => {
    throw new Error("no such file");
  };
  const ready = flags.ready();
  await vi.runAllTimersAsync();
  expect(await ready).toBe(false);
  expect(problems.map(({ code }) => code)).toEqual(["SOURCE_UNAVAILABLE", "READY_TIMEOUT"]);
  expect(flags.scope(pro).get(beta)).toBe(false);
});

test.each<[string, (flags: ReturnType<typeof openShop>["flags"]) => unknown]>([
  ["ready", (flags) => flags.ready()],
  ["open", (flags) => flags.open(pro)],
  ["open of an async context", (flags) => flags.open(async () => pro)],
  ["scope", (flags) => flags.scope(pro)],
  ["run", (flags) => flags.run(pro, () => {})],
])("the source is subscribed to by the first %s, once", async (_, start) => {
  const { flags, source } = openShop(flagSet);
  expect(source.subscribers).toBe(0);
  await start(flags);
  await start(flags);
  expect(source.subscribers).toBe(1);
});

test("close leaves the source; what was read stays", () => {
  const { flags, source, changes } = openShop(flagSet);
  expect(flags.scope(pro).get(beta)).toBe(true);
  flags.close();
  flags.close();
  expect(source.subscribers).toBe(0);
  source.next({ flags: {} });
  expect(flags.scope(pro).get(beta)).toBe(true);
  expect([flags.revision, changes.length]).toEqual(["1", 1]);
});

test("closed before it began, it never subscribes", () => {
  const { flags, source } = openShop(flagSet);
  flags.close();
  expect(flags.scope(pro).details(beta).errorCode).toBe("PROVIDER_NOT_READY");
  expect(source.subscribers).toBe(0);
});

test("an observer may close the flags while they subscribe", () => {
  const { flags, source } = openShop(flagSet);
  flags.observe({ changed: () => flags.close() });
  flags.scope(pro);
  expect(source.subscribers).toBe(0);
  source.next({ flags: {} });
  expect(flags.revision).toBe("1");
});

test("a revision that comes after the close is ignored, and a problem, too", () => {
  let sink: RevisionSink | undefined;
  const rude: FlagSource = {
    subscribe(given) {
      sink = given;
      return () => {};
    },
  };
  const flags = createFlags(definitions, { source: rude });
  const problem = vi.fn();
  const changed = vi.fn();
  flags.observe({ problem, changed });
  void flags.ready({ timeout: 0 });
  flags.close();
  sink?.next({ id: "1", flagSet });
  sink?.problem(new Error("late"));
  expect(flags.revision).toBeUndefined();
  expect(changed).not.toHaveBeenCalled();
  expect(problem).not.toHaveBeenCalled();
});

test("changed names exactly the keys that differ", () => {
  const { flags, source, changes } = openShop(flagSet);
  flags.scope({});
  const { "page-size": _gone, ...kept } = flagSet.flags;
  source.next({ flags: { ...kept, [beta]: ruled("on"), added: ruled("on") } });
  expect(changes.map(({ keys, cause }) => [[...keys].sort(), cause])).toEqual([
    [["new-checkout", "page-size", "search-ranking"], "revision"],
    [["added", "new-checkout", "page-size"], "revision"],
  ]);
});

test("a revision without a difference is no change", () => {
  const { flags, source, changes } = openShop(flagSet);
  flags.scope({});
  source.next(structuredClone(flagSet));
  expect([flags.revision, changes.length]).toEqual(["2", 1]);
});

test("a revision that is told of is already the current one", () => {
  const { flags, source } = openShop({ flags: {} });
  flags.observe({ problem: () => {} });
  flags.scope({});
  const seen: unknown[] = [];
  flags.observe({ changed: () => seen.push(flags.revision, flags.scope(pro).get(beta)) });
  source.next(flagSet);
  expect(seen).toEqual(["2", true]);
});

test("a source's problem is told once, and again after another revision", async () => {
  const { flags, source, problems } = openShop(flagSet);
  await flags.ready();
  source.problem(new Error("outage"));
  source.problem(new Error("outage"));
  source.next(flagSet);
  source.problem(new Error("outage"));
  expect(problems.map(({ code }) => code)).toEqual(["SOURCE_UNAVAILABLE", "SOURCE_UNAVAILABLE"]);
  expect(flags.scope(pro).get(beta)).toBe(true);
});

test("console.warn gets problems only while no observer has a problem method", () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const failing = {
    [beta]: ruled("no"),
    "page-size": { ...flagSet.flags["page-size"], targeting: "no" },
  };
  const flags = createFlags(definitions, { source: sourceOf(shopWith(failing)) });
  flags.observe({ changed: () => {} });
  flags.scope({}).get(beta);
  expect(warn.mock.calls).toEqual([[expect.stringContaining("[GENERAL]")]]);
  const problem = vi.fn();
  const stop = flags.observe({ problem });
  flags.scope({}).get("page-size");
  expect([warn.mock.calls.length, problem.mock.calls.length]).toEqual([1, 1]);
  stop();
  flags.scope({}).get("no-such-flag" as typeof beta);
  expect([warn.mock.calls.length, problem.mock.calls.length]).toEqual([2, 1]);
});

test("keys without end are 1,000 problems at most", () => {
  const { flags, problems } = openShop(flagSet);
  const scope = flags.scope({});
  for (let index = 0; index < 1500; index++) scope.get(`hostile-${index}` as typeof beta);
  expect(problems).toHaveLength(1000);
});

test("raw definitions that are invalid are refused, every fault named", () => {
  const faulty: Definitions = {
    [beta]: { default: "maybe", variants: { on: true, off: false } },
    "page-size": { default: "small", variants: {} },
  };
  expect(() => createFlags(faulty, { source: sourceOf() })).toThrow(
    expect.objectContaining({
      code: "INVALID_DEFINITION",
      message: expect.stringMatching(/"new-checkout".*"maybe".*"page-size".*no variants/),
    }),
  );
});

test("the definitions are had again", () => {
  expect(openShop().flags.definitions).toBe(definitions);
});

test("client flags are some of the definitions, or the program is wrong", () => {
  const source = sourceOf(flagSet);
  const { "search-ranking": ranking } = definitions;
  const flags = createFlags(definitions, { source, client: { "search-ranking": ranking } });
  expect(Object.keys(flags.client)).toEqual(["search-ranking"]);
  expect(createFlags(definitions, { source }).client).toEqual({});
  expect(() => createFlags(definitions, { source, client: { other: ranking } })).toThrow(
    /client flags other are not among the definitions.*INVALID_DEFINITION/,
  );
});

test("run gives what the work gives, and settles its scope once, as ok", async () => {
  const { flags, settlements } = openShop(flagSet);
  const value = await flags.run(pro, async (scope) => {
    scope.settle();
    return scope.get(beta);
  });
  expect(value).toBe(true);
  expect(settlements).toMatchObject([{ outcome: { status: "ok" } }]);
});

test.each([
  [
    "throws",
    () => {
      throw new TypeError("no");
    },
  ],
  ["rejects", () => Promise.reject(new TypeError("no"))],
])("run of work that %s rejects with the error, once it was recorded", async (_, work) => {
  const { flags, settlements } = openShop(flagSet);
  await expect(flags.run(pro, work)).rejects.toThrow(new TypeError("no"));
  expect(settlements).toMatchObject([
    { outcome: { status: "error", errorType: "TypeError", error: new TypeError("no") } },
  ]);
});

test("run keeps an error that the work noted itself", async () => {
  const { flags, settlements } = openShop(flagSet);
  const noted = new RangeError("noted");
  const work = flags.run(pro, (scope) => {
    scope.fail(noted);
    throw new TypeError("thrown");
  });
  await expect(work).rejects.toThrow("thrown");
  expect(settlements).toMatchObject([{ outcome: { error: noted } }]);
});

test("run takes a context function, async or not", async () => {
  const { flags } = openShop(flagSet);
  expect(
    await flags.run(
      () => pro,
      (scope) => scope.get(beta),
    ),
  ).toBe(true);
  expect(
    await flags.run(
      async () => pro,
      (scope) => scope.get(beta),
    ),
  ).toBe(true);
});

test("run's scope is the current one inside, across awaits, and none is outside", async () => {
  const { flags } = openShop(flagSet);
  expect(currentScope()).toBeUndefined();
  await flags.run(pro, async (scope) => {
    expect(currentScope()).toBe(scope);
    await new Promise(setImmediate);
    expect(currentScope()).toBe(scope);
  });
  expect(currentScope()).toBeUndefined();
});

test("runs that overlap share neither context nor exposures nor the current scope", async () => {
  const { flags, settlements } = openShop(flagSet);
  const [atStart, atEnd] = [barrier(2), barrier(2)];
  const job = (plan: string) =>
    flags.run({ plan }, async (scope) => {
      await atStart();
      const values = [scope.get(beta), currentScope()?.get(beta), currentScope() === scope];
      if (plan === "free") scope.get("page-size");
      await atEnd();
      return [...values, currentScope() === scope];
    });
  expect(await Promise.all([job("pro"), job("free")])).toEqual([
    [true, true, true, true],
    [false, false, true, true],
  ]);
  const read = settlements.map(({ exposures }) =>
    exposures.map(({ flag, variant }) => [flag, variant]),
  );
  expect(read).toEqual([
    [[beta, "on"]],
    [
      [beta, "off"],
      ["page-size", "small"],
    ],
  ]);
});

test("explain says what a flag serves, and how its rule came to it, without an exposure", () => {
  const { flags, exposures } = openShop(flagSet);
  const { key, details, rule } = flags.explain(beta, pro);
  expect([key, details]).toEqual([beta, flags.scope(pro).peek(beta)]);
  expect(rule).toMatchObject({ operator: "if", result: "on" });
  expect(exposures).toEqual([]);
});

test("explain says what is served where the rule does not decide", () => {
  const { flags, source } = openShop(flagSet);
  expect(flags.explain(beta, pro).details).toMatchObject({ reason: "TARGETING_MATCH" });
  flags.pin(beta, "off", { until: Date.now() + 60_000, reason: "errors rose" });
  expect(flags.explain(beta, pro)).toMatchObject({
    details: { variant: "off", pinned: true },
    rule: { result: "on" },
  });
  source.problem(new Error("gone"));
  expect(flags.explain("page-size", pro).details.stale).toBe(true);
});

test("explain of a flag that is not defined, but in the set, says what the set decides", () => {
  const { flags, problems } = openShop(shopWith({ theirs: ruled("on") }));
  expect(flags.explain("theirs", pro).details).toMatchObject({ value: true, variant: "on" });
  expect(problems).toEqual([]);
});

test("explain before the first revision says that there is none", () => {
  expect(openShop().flags.explain(beta, pro)).toMatchObject({
    key: beta,
    details: { value: false, errorCode: "PROVIDER_NOT_READY" },
  });
});

test("explain and evaluateAt take another time than the clock's", () => {
  const from2027 = { if: [{ ">=": [{ var: "$flagd.timestamp" }, 1798761600] }, "on"] };
  const { flags, exposures } = openShop(shopWith({ [beta]: ruled(from2027) }), { now: () => 0 });
  const date = new Date("2027-01-01T00:00:00Z");
  expect(flags.explain(beta, {}).details.value).toBe(false);
  expect(flags.explain(beta, {}, date.getTime()).details.value).toBe(true);
  expect(flags.evaluateAt(date, beta, {})).toMatchObject({ value: true, variant: "on" });
  expect(flags.evaluateAt(date.getTime() - 1, beta, {}).value).toBe(false);
  expect(exposures).toEqual([]);
});

test("evaluateAt looks ahead of pins and outages", () => {
  const { flags, source } = openShop(flagSet);
  flags.pin(beta, "off", { until: Date.now() + 60_000, reason: "errors rose" });
  source.problem(new Error("gone"));
  const { value, pinned, stale } = flags.evaluateAt(new Date("2027-01-01"), beta, pro);
  expect([value, pinned, stale]).toEqual([true, undefined, undefined]);
});

/** A place where so many wait for each other. */
function barrier(count: number): () => Promise<void> {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let waiting = 0;
  return () => {
    if (++waiting === count) open();
    return opened;
  };
}
