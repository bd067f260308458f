import {
  changesBefore,
  createFlags,
  type Definition,
  type EvaluationContext,
  type FlagResolver,
  type FlagScope,
  flagSetIn,
  type Resolution,
  type ResolverSink,
  revisionOf,
} from "@burgee/core";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { definitions } from "./shop.js";

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

const later = (time: number) => vi.advanceTimersByTimeAsync(time);
const never = () => new Promise<never>(() => {});

type Resolve = (
  flag: string,
  definition: Definition,
  context: EvaluationContext,
) => Promise<Partial<Resolution>> | Partial<Resolution>;

/** A resolver in the hand of its test, and the shop's flags on it. */
function openResolvedShop(resolve: Resolve, options: { readonly late?: boolean } = {}) {
  const sinks = new Set<ResolverSink>();
  const asked: EvaluationContext[] = [];
  const resolver: FlagResolver = {
    follow(sink) {
      sinks.add(sink);
      if (options.late !== true) sink.next("1");
      return () => sinks.delete(sink);
    },
    async resolve(flag, definition, context) {
      asked.push(context);
      const { variants, default: safe } = definition;
      const resolved = await resolve(flag, definition, context);
      return { value: variants[safe], variant: safe, reason: "STATIC", ...resolved };
    },
  };
  const flags = createFlags(definitions, { source: resolver });
  const problems: string[] = [];
  const changes: (readonly string[])[] = [];
  flags.observe({
    problem: ({ code, flag }) => void problems.push(`${code} ${flag}`),
    changed: ({ keys }) => void changes.push(keys),
  });
  const tell = (call: (sink: ResolverSink) => void) => sinks.forEach(call);
  return { flags, sinks, asked, problems, changes, tell };
}

/** Resolves one flag so, and all others to their default. */
const only =
  (key: string, resolution: Partial<Resolution>): Resolve =>
  (flag) =>
    flag === key ? resolution : {};

const pro = { targetingKey: "ada", plan: "pro" };

test("every flag that is defined is resolved when a scope is opened, for its context", async () => {
  const { flags, asked } = openResolvedShop((_flag, _definition, { plan }) => {
    return plan === "pro" ? { value: true, variant: "on", reason: "TARGETING_MATCH" } : {};
  });
  const scope = await flags.open(pro);
  expect(asked).toEqual([pro, pro, pro]);
  expect(scope.details("new-checkout")).toEqual({
    value: true,
    variant: "on",
    reason: "TARGETING_MATCH",
    flagMetadata: {},
  });
  expect((await flags.open({})).get("new-checkout")).toBe(false);
});

test("what is read is counted, and settles with the outcome and the revision", async () => {
  const { flags } = openResolvedShop(only("search-ranking", { value: "hybrid", variant: "b" }));
  const settled = vi.fn();
  flags.observe({ settled });
  await flags.run(pro, (scope) => scope.get("search-ranking"));
  expect(settled.mock.lastCall?.[0]).toMatchObject({
    exposures: [{ flag: "search-ranking", variant: "hybrid" }],
    outcome: { status: "ok" },
    revision: "1",
  });
});

test.each<[string, Partial<Resolution>, string | undefined]>([
  ["the one it has there, if it is declared", { value: 12, variant: "large" }, "large"],
  ["that of the same value, if it is not", { value: 50, variant: "variation-1" }, "large"],
  ["that of the same value, if it has none there", { value: 50, variant: undefined }, "large"],
  ["the one it has there, if its value is new, too", { value: 70, variant: "huge" }, "huge"],
])("a variant's name is %s", async (_, resolution, variant) => {
  const { flags } = openResolvedShop(only("page-size", resolution));
  const details = (await flags.open(pro)).details("page-size");
  expect(details).toMatchObject({ value: resolution.value, variant });
});

test("a variant that is not declared is served, and a problem", async () => {
  const { flags, problems } = openResolvedShop(only("page-size", { value: 70, variant: "huge" }));
  await flags.open(pro);
  await flags.open(pro);
  expect(problems).toEqual(["UNDECLARED_VARIANT page-size"]);
});

test.each<[string, Resolve, string]>([
  ["throws", () => Promise.reject(new Error("no such host")), "GENERAL"],
  ["gives another type", () => ({ value: "10" }), "TYPE_MISMATCH"],
  ["gives a value without a name that is none of the variants'", () => nameless, "GENERAL"],
  ["gives what is no JSON", () => ({ value: Symbol("x") }), "TYPE_MISMATCH"],
  ["says that it does not know it", () => ({ errorCode: "FLAG_NOT_FOUND" }), "FLAG_NOT_FOUND"],
])("a flag whose resolver %s serves its default", async (_, resolve, errorCode) => {
  const { flags, problems } = openResolvedShop((flag, ...rest) =>
    flag === "page-size" ? resolve(flag, ...rest) : {},
  );
  const scope = await flags.open(pro);
  expect(scope.details("page-size")).toMatchObject({
    value: 10,
    variant: "small",
    reason: "ERROR",
    errorCode,
  });
  expect(problems).toEqual([`${errorCode} page-size`]);
});

const nameless = { value: 70, variant: undefined };

test("a scope waits 250 ms at most: what is late serves its default, what was there serves", async () => {
  const { flags } = openResolvedShop((flag) =>
    flag === "page-size" ? never() : flag === "search-ranking" ? { value: "hybrid" } : {},
  );
  let scope: FlagScope<typeof definitions> | undefined;
  void Promise.resolve(flags.open(pro)).then((opened) => {
    scope = opened;
  });
  await later(249);
  expect(scope).toBeUndefined();
  await later(1);
  expect(scope?.details("page-size")).toMatchObject({ value: 10, errorCode: "GENERAL" });
  expect(scope?.details("page-size").errorMessage).toMatch(/250 ms/);
  expect(scope?.get("search-ranking")).toBe("hybrid");
});

describe("a flag that hangs", () => {
  async function openHanging() {
    const answers: (() => void)[] = [];
    const shop = openResolvedShop((flag) => {
      if (flag !== "page-size") return {};
      return new Promise((resolve) => answers.push(() => resolve({})));
    });
    const { flags, asked } = shop;
    const scopes = Promise.all(Array.from({ length: 1000 }, () => flags.open(pro)));
    await later(250);
    await scopes;
    asked.length = 0;
    return { ...shop, answers };
  }

  test("is not asked for while a thousand scopes have no answer: nobody waits, the rest is served", async () => {
    const { flags, asked, answers } = await openHanging();
    const scope = await flags.open(pro);
    expect(scope.details("page-size")).toMatchObject({ value: 10, errorCode: "GENERAL" });
    expect(scope.details("new-checkout")).toMatchObject({ reason: "STATIC" });
    expect(asked).toHaveLength(2);
    asked.length = 0;
    answers[0]?.();
    await later(0);
    void flags.open(pro);
    await later(0);
    expect(asked).toHaveLength(3);
  });

  test("is asked for again after a minute, for another thousand", async () => {
    const { flags, asked } = await openHanging();
    await later(59_000);
    await flags.open(pro);
    expect(asked).toHaveLength(2);
    asked.length = 0;
    await later(1000);
    void flags.open(pro);
    await later(0);
    expect(asked).toHaveLength(3);
  });
});

test("what comes after the deadline changes nothing in the scope", async () => {
  let answer = (_: Partial<Resolution>) => {};
  const { flags } = openResolvedShop((flag) => {
    if (flag !== "page-size") return {};
    return new Promise((resolve) => {
      answer = resolve;
    });
  });
  const opened = Promise.resolve(flags.open(pro));
  await later(250);
  answer({ value: 50 });
  await later(1);
  expect((await opened).get("page-size")).toBe(10);
});

test("a context function runs at opening, async or not, and what it lacks is given by attributes", async () => {
  const { flags, asked } = openResolvedShop(() => ({}));
  await flags.open(() => pro, { attributes: { visitorId: "v1" } });
  await flags.open(async () => pro);
  expect(asked.slice(0, 4)).toEqual([
    { visitorId: "v1", ...pro },
    { visitorId: "v1", ...pro },
    { visitorId: "v1", ...pro },
    pro,
  ]);
});

test("a flag without context is resolved for nobody", async () => {
  const contexts: EvaluationContext[] = [];
  const resolver: FlagResolver = {
    follow: (sink) => {
      sink.next("1");
      return () => {};
    },
    async resolve(_flag, _definition, context) {
      contexts.push(context);
      return { value: true, reason: "STATIC" };
    },
  };
  const free = { banner: { default: "off", variants: { on: true, off: false }, context: "none" } };
  const flags = createFlags(free as never, { source: resolver });
  await flags.open(pro);
  expect(contexts).toEqual([{}]);
});

test("overrides and pins stand in for what was resolved", async () => {
  const { flags } = openResolvedShop(only("page-size", { value: 50 }));
  const scope = await flags.open(pro, { overrides: { "search-ranking": "hybrid" } });
  expect(scope.get("search-ranking")).toBe("hybrid");
  flags.pin("page-size", "small", { until: Date.now() + 1000, reason: "errors rose" });
  const pinned = await flags.open(pro);
  expect(pinned.details("page-size")).toMatchObject({ value: 10, pinned: true });
  expect(flagSetIn(pinned)?.evaluate("page-size")).toMatchObject({ value: 10, pinned: true });
});

test("whoever is identified later has the values of before, and is left out of comparisons", async () => {
  const { flags } = openResolvedShop((_flag, _definition, { plan }) =>
    plan === "pro" ? { value: true, variant: "on" } : {},
  );
  const settled = vi.fn();
  flags.observe({ settled });
  const scope = await flags.open({});
  scope.identify(pro);
  expect(scope.get("new-checkout")).toBe(false);
  scope.settle();
  expect(settled.mock.lastCall?.[0]).toMatchObject({ reidentified: true });
});

test("what is read without waiting was not resolved, and says so", () => {
  const { flags, problems } = openResolvedShop(only("new-checkout", { value: true }));
  const expected = { value: false, variant: "off", errorCode: "PROVIDER_NOT_READY" };
  expect(flags.scope(pro).details("new-checkout")).toMatchObject(expected);
  expect(flags.explain("new-checkout", pro).details).toMatchObject(expected);
  expect(flags.evaluateAt(Date.now(), "new-checkout", pro)).toMatchObject(expected);
  expect(problems).toEqual(["PROVIDER_NOT_READY new-checkout"]);
});

test("before the resolver is ready nobody waits for it, and defaults serve", async () => {
  const { flags, asked, tell } = openResolvedShop(() => ({ value: true }), { late: true });
  const scope = await flags.open(pro);
  expect(scope.details("new-checkout")).toMatchObject({ errorCode: "PROVIDER_NOT_READY" });
  expect(asked).toEqual([]);
  expect(flags.health.status).toBe("starting");
  const ready = flags.ready();
  tell((sink) => sink.next("1"));
  expect(await ready).toBe(true);
  expect((await flags.open(pro)).get("new-checkout")).toBe(true);
});

test("a change is told, of the flags it names or of all", () => {
  const { flags, changes, tell } = openResolvedShop(() => ({}));
  flags.scope({});
  tell((sink) => sink.next("2", ["page-size"]));
  expect(flags.revision).toBe("2");
  flags.close();
  tell((sink) => sink.next("3"));
  expect(changes).toEqual([Object.keys(definitions), ["page-size"]]);
});

test("a change while flags are resolved is one that their scope has not followed", async () => {
  let answer = (_: Partial<Resolution>): void => {};
  const { flags, tell } = openResolvedShop((flag) => {
    if (flag !== "page-size") return {};
    return new Promise((resolve) => {
      answer = resolve;
    });
  });
  const opening = flags.open(pro);
  await later(0);
  tell((sink) => sink.next("2"));
  answer({});
  const scope = await opening;
  expect(revisionOf(scope)).toBe("1");
  expect(changesBefore(scope)).toBe((changesBefore(flags.scope({})) as number) - 1);
});

test("a problem is an outage: flags are resolved still, marked stale, until it is over", async () => {
  const { flags, problems, tell } = openResolvedShop(only("new-checkout", { value: true }));
  await flags.open(pro);
  tell((sink) => sink.problem(new Error("out of reach")));
  expect(flags.health.status).toBe("stale");
  const scope = await flags.open(pro);
  expect(scope.details("new-checkout")).toMatchObject({ value: true, stale: true });
  tell((sink) => sink.current());
  expect(flags.health.status).toBe("ready");
  expect(problems).toEqual(["SOURCE_UNAVAILABLE undefined"]);
});

test("closing leaves the resolver, and what it tells then is not heard", () => {
  const { flags, sinks, changes } = openResolvedShop(() => ({}));
  flags.scope({});
  const [sink] = sinks;
  expect(sinks.size).toBe(1);
  flags.close();
  expect(sinks.size).toBe(0);
  sink?.next("2");
  expect([flags.revision, changes]).toEqual(["1", [Object.keys(definitions)]]);
});

test("a value that observers are given cannot be changed, nor can the resolver change it", async () => {
  const metadata = { owner: "search" };
  const { flags } = openResolvedShop(only("page-size", { value: 50, flagMetadata: metadata }));
  const details = (await flags.open(pro)).details("page-size");
  metadata.owner = "nobody";
  expect(details.flagMetadata).toEqual({ owner: "search" });
  expect(Object.isFrozen(details) && Object.isFrozen(details.flagMetadata)).toBe(true);
});

test("whatever is resolved, no scope rejects, and every value is of its flag's type", async () => {
  const resolution = fc.oneof(
    fc.anything(),
    fc.record(
      {
        value: fc.oneof(fc.anything(), fc.constantFrom(true, false, 10, 50, "hybrid")),
        variant: fc.oneof(fc.string(), fc.constantFrom("on", "__proto__", "constructor", "large")),
        errorCode: fc.constantFrom("GENERAL" as const, undefined),
        flagMetadata: fc.anything() as never,
      },
      { requiredKeys: [] },
    ),
  );
  await fc.assert(
    fc.asyncProperty(resolution, async (resolved) => {
      const resolver: FlagResolver = {
        follow: (sink) => {
          sink.next("1");
          return () => {};
        },
        resolve: async () => resolved as Resolution,
      };
      const flags = createFlags(definitions, { source: resolver });
      flags.observe({ problem: () => {} });
      const scope = await flags.open(pro);
      expect(typeof scope.get("new-checkout")).toBe("boolean");
      expect(typeof scope.get("page-size")).toBe("number");
      expect(typeof scope.get("search-ranking")).toBe("string");
      for (const { variant } of scope.exposures) expect(typeof variant).toBe("string");
    }),
  );
});
