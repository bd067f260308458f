import {
  createRuleset,
  type EvaluationContext,
  type EvaluationDetails,
  type FlagDefinition,
  type FlagSet,
  type JsonValue,
  parseFlagSet,
  percent,
} from "@burgee/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ruled } from "./shop.js";

const names = ["plan", "age", "roles", "list", "address", "targetingKey", "constructor"];

/** Names that mean something: to JavaScript, to rules, to documents. */
const hostileNames = [
  ...["__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty", "length"],
  ...[
    "$ref",
    "var",
    "if",
    "and",
    "==",
    "<",
    "in",
    "cat",
    "merge",
    "map",
    "reduce",
    "some",
    "missing",
  ],
  ...["fractional", "sem_ver", "starts_with", "+", "max", "substr", "$flagd", "accumulator"],
  ...["flags", "$evaluators", "metadata", "variants", "targeting", "state", "defaultVariant"],
  ...["burgee.hold", "burgee.epoch", "on", "off", "", "a.b"],
];

/** An object with those keys as its own, `__proto__` among them. */
function objectOf(entries: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(entries);
}

const { json, rule } = fc.letrec<{ json: JsonValue; rule: JsonValue }>((tie) => ({
  json: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<JsonValue>(
      null,
      true,
      false,
      0,
      -1,
      2.5,
      1e308,
      "",
      "on",
      "off",
      "pro",
      "1.2.3",
    ),
    fc.string({ maxLength: 4 }),
    fc.array(tie("json"), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.constantFrom(...hostileNames, ...names), tie("json")), { maxLength: 3 })
      .map(objectOf),
  ) as fc.Arbitrary<JsonValue>,
  rule: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("json"),
    fc.constantFrom(...names, ...hostileNames, "").map((path) => ({ var: path })),
    fc.constantFrom("shared", "other", "nobody").map((name) => ({ $ref: name })),
    fc
      .tuple(
        fc.constantFrom(
          ...["if", "?:", "and", "or", "!", "!!", "==", "!=", "===", "!==", "<", "<=", ">", ">="],
          ...["+", "-", "*", "/", "%", "max", "min", "in", "cat", "substr", "merge", "missing"],
          ...["map", "filter", "reduce", "all", "some", "none", "missing_some", "var"],
          ...["starts_with", "ends_with", "sem_ver", "fractional", "$ref"],
        ),
        fc.oneof(fc.array(tie("rule"), { maxLength: 4 }), tie("rule")),
      )
      .map(([operator, args]) => ({ [operator]: args })),
  ) as fc.Arbitrary<JsonValue>,
}));

const definition = fc.record(
  {
    state: fc.oneof({ weight: 9, arbitrary: fc.constant("ENABLED") }, json),
    variants: fc.oneof({ weight: 9, arbitrary: fc.constant({ on: true, off: false }) }, json),
    defaultVariant: fc.oneof(fc.constantFrom("on", "off"), json),
    targeting: rule,
    metadata: fc.oneof(
      json,
      fc.record({ "burgee.hold": fc.constantFrom("kill", "ramp", "guard"), owner: json }),
    ),
  },
  { requiredKeys: ["state", "variants"] },
);

/** Documents as a store may give them to one who does not check, and what is no document at all. */
const documents = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record(
      {
        flags: fc.record({ beta: definition, constructor: definition }, { requiredKeys: ["beta"] }),
        $evaluators: fc.record({ shared: rule, other: rule }),
        metadata: fc.dictionary(fc.constantFrom(...hostileNames), json),
      },
      { requiredKeys: ["flags"] },
    ),
  },
  { weight: 1, arbitrary: json },
) as fc.Arbitrary<FlagSet>;

class User {
  readonly plan = "pro";
  readonly #age = 40;
  get age(): number {
    return this.#age;
  }
}

function fail(): never {
  throw new Error("hostile");
}

/** An object that fails whatever is asked of it. */
function hostileProxy(target: object): object {
  const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, fail]));
  return new Proxy(target, traps);
}

/** What no JSON can write, by name, since fast-check looks into what it generates. */
const exotics: Readonly<Record<string, () => unknown>> = {
  instance: () => new User(),
  inheriting: () => Object.create({ plan: "pro", roles: ["admin"] }),
  unprototyped: () => Object.assign(Object.create(null), { plan: "pro" }),
  map: () => new Map([["plan", "pro"]]),
  set: () => new Set(["pro"]),
  date: () => new Date(0),
  noDate: () => new Date(Number.NaN),
  largeBigInt: () => 10n ** 30n,
  bigInt: () => 7n,
  symbol: () => Symbol("pro"),
  function: () => () => "pro",
  notANumber: () => Number.NaN,
  nothing: () => undefined,
  boxed: () => Object(1n),
  sparse: () => new Array(5),
  cycle: () => {
    const cycle: Record<string, unknown> = { plan: "pro" };
    return Object.assign(cycle, { plan: cycle, list: [cycle] });
  },
  cyclicList: () => {
    const cycle: unknown[] = [];
    return Object.assign(cycle, [cycle]);
  },
  noText: () => ({ toString: fail, valueOf: fail, [Symbol.toPrimitive]: fail }),
  getter: () => Object.defineProperty({ age: 1 }, "plan", { enumerable: true, get: fail }),
  getterOfInstance: () => {
    return Object.defineProperty(new User(), "list", { enumerable: true, get: fail });
  },
  proxy: () => hostileProxy({}),
  proxyOfList: () => hostileProxy([]),
  proxyThatCannotBeRead: () => new Proxy([], { get: fail }),
  revoked: () => revokedAt("now"),
};

/** A value, or the name of an exotic one. */
type Made = { readonly json: JsonValue } | { readonly exotic: string };

function make(made: Made): unknown {
  return "json" in made ? made.json : exotics[made.exotic]?.();
}

const made: fc.Arbitrary<Made> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ json }) },
  { weight: 1, arbitrary: fc.record({ exotic: fc.constantFrom(...Object.keys(exotics)) }) },
);
const attributes = fc.array(fc.tuple(fc.constantFrom(...names, ...hostileNames), made), {
  maxLength: 5,
});
const contexts = fc.oneof(
  { weight: 2, arbitrary: fc.record({ attributes }) },
  { weight: 1, arbitrary: made },
);

function contextOf(
  generated: Made | { readonly attributes: readonly (readonly [string, Made])[] },
): EvaluationContext {
  if (!("attributes" in generated)) return make(generated) as EvaluationContext;
  return objectOf(generated.attributes.map(([name, value]) => [name, make(value)])) as never;
}

const plainContexts = fc
  .array(fc.tuple(fc.constantFrom(...names, ...hostileNames), json), { maxLength: 5 })
  .map(objectOf) as fc.Arbitrary<EvaluationContext>;
const moments = fc.integer({ min: 0, max: 4e12 });

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function keysOf({ flags }: FlagSet): string[] {
  return isRecord(flags) ? Object.keys(flags) : [];
}

describe("nothing throws", () => {
  test("whatever the document, the rules and the context", () => {
    const before = Object.getOwnPropertyDescriptors(Object.prototype);
    fc.assert(
      fc.property(documents, contexts, moments, (document, generated, now) => {
        const context = contextOf(generated);
        parseFlagSet(document);
        const ruleset = createRuleset(document);
        for (const key of [...keysOf(document ?? {}), "unknown"]) {
          const details = ruleset.evaluate<unknown>(key, false, context, now);
          if (details.reason === "ERROR") expect(details.value).toBe(false);
          expect(ruleset.explain(key, context, now).key).toBe(key);
        }
        ruleset.nextChange(now);
        ruleset.changesBetween(now - 1e10, now);
      }),
      { numRuns: 3000 },
    );
    expect(Object.getOwnPropertyDescriptors(Object.prototype)).toEqual(before);
  });

  test("whatever flags and shared rules a change brings", () => {
    const sets = fc.record({
      flags: fc.dictionary(fc.constantFrom("beta", "__proto__", "constructor"), definition),
      $evaluators: fc.dictionary(fc.constantFrom("shared", "other", "__proto__"), rule),
      metadata: fc.dictionary(fc.constantFrom("owner", "__proto__"), fc.string()),
    }) as fc.Arbitrary<FlagSet>;
    fc.assert(
      fc.property(documents, sets, plainContexts, moments, (document, other, context, now) => {
        const ruleset = createRuleset(document);
        const delta = ruleset.deltaTo(other);
        ruleset.keysChangedBy(delta);
        const changed = ruleset.apply(delta);
        expect(Object.keys(changed.flagSet.flags).sort()).toEqual(keysOf(other).sort());
        for (const key of keysOf(other)) changed.evaluate(key, false, context, now);
        changed.nextChange(now);
        changed.changesBetween(0, now);
      }),
      { numRuns: 1000 },
    );
  });

  test.each<[string, unknown]>([
    ["nothing", null],
    ["a number", 7],
    ["a list", []],
    ["no flags", {}],
    ["flags that are null", { flags: null }],
    ["shared rules that are null", { flags: {}, $evaluators: null }],
    ["metadata that is null", { flags: {}, metadata: null }],
  ])("where a set that nobody has checked is %s", (_, set) => {
    const empty = createRuleset(set as never);
    expect(empty.evaluate("beta", false, {}).errorCode).toBe("FLAG_NOT_FOUND");
    expect(
      empty.apply({ flags: { put: { beta: ruled("on") } } }).evaluate("beta", false, {}).value,
    ).toBe(true);
    const ruleset = createRuleset({ flags: { beta: ruled("on") } });
    expect(ruleset.apply(ruleset.deltaTo(set as never)).flagSet.flags).toEqual({});
  });

  test.each<[string, () => unknown]>([
    ["fails", () => hostileProxy({})],
    ["is a list that fails", () => new Proxy([], { get: fail })],
    ["has a text that fails", () => ({ toString: fail })],
    ["is revoked", () => revokedAt("now")],
    ["is revoked when it is read", () => revokedAt("read")],
  ])("where an attribute %s: that is GENERAL, for the flags that read it", (_, make) => {
    const flags = {
      reads: ruled({ var: ["plan"] }),
      other: ruled({ if: [{ "!": { var: "age" } }, "on"] }),
    };
    const ruleset = createRuleset({ flags });
    const context = { plan: make() };
    expect(ruleset.evaluate("reads", false, context).errorCode).toBe("GENERAL");
    expect(ruleset.evaluate("other", false, context).value).toBe(true);
  });

  test.each<[string, unknown]>([
    ["an error", new Error("hostile")],
    ["nothing", undefined],
    ["a symbol", Symbol("hostile")],
    ["an object without a text", Object.create(null)],
    ["an error whose message is a symbol", Object.assign(new Error(), { message: Symbol("x") })],
    ["an error whose message fails", Object.assign(new Error(), { message: { toString: fail } })],
    ["an object that fails", hostileProxy(new Error())],
  ])("where a getter throws %s", (_, thrown) => {
    const context = Object.defineProperty({}, "plan", {
      enumerable: true,
      get() {
        throw thrown;
      },
    });
    const ruleset = createRuleset({ flags: { beta: ruled({ var: "plan" }) } });
    const details = ruleset.evaluate("beta", false, context);
    expect(details).toMatchObject({ value: false, reason: "ERROR", errorCode: "GENERAL" });
    expect(details.errorMessage).toEqual(expect.any(String));
    expect(ruleset.explain("beta", context).details.errorCode).toBe("GENERAL");
  });
});

/** A list that is no more, or is no more once it is looked at. */
function revokedAt(moment: "now" | "read"): unknown {
  const { proxy, revoke } = Proxy.revocable([], {
    get() {
      revoke();
      return fail();
    },
  });
  if (moment === "now") revoke();
  return proxy;
}

describe("no prototype is reached", () => {
  /** Every way to read an attribute: as such, on a path, and written so that it is read at once. */
  const readers = (name: string): JsonValue[] => [
    { if: [{ var: name }, "on"] },
    { if: [{ var: [name] }, "on"] },
    { if: [{ var: { cat: [name] } }, "on"] },
    { if: [{ "!": { missing: [name] } }, "on"] },
    { if: [{ "==": [{ var: name }, "pro"] }, "on"] },
    { if: [{ "===": [{ var: name }, "pro"] }, "on"] },
    { if: [{ ">": [{ var: name }, "a"] }, "on"] },
    { if: [{ in: [{ var: name }, ["pro"]] }, "on"] },
    { if: [{ starts_with: [{ var: name }, "p"] }, "on"] },
    { if: [{ ends_with: [{ var: name }, "o"] }, "on"] },
    { fractional: [{ var: name }, ["on", 1]] },
    { if: [{ some: [{ var: "list" }, { var: name }] }, "on"] },
    { if: [{ some: [{ var: "list" }, { var: `address.${name}` }] }, "on"] },
    { if: [{ var: `address.${name}` }, "on"] },
  ];

  function decided(targeting: JsonValue, context: EvaluationContext): unknown {
    return createRuleset({ flags: { beta: ruled(targeting) } }).evaluate("beta", false, context)
      .value;
  }

  class Inherits {
    get plan(): string {
      return "pro";
    }
  }

  test.each<[string, () => EvaluationContext]>([
    ["an object made of another", () => Object.create({ plan: "pro" })],
    [
      "an object made of one without a prototype",
      () => Object.create(Object.assign(Object.create(null), { plan: "pro" })),
    ],
    ["a class with a getter", () => new Inherits() as never],
    [
      "a class with a getter inside",
      () => ({ address: new Inherits(), list: [new Inherits(), { address: new Inherits() }] }),
    ],
    ["a Map", () => new Map([["plan", "pro"]]) as never],
  ])("what only the prototype of %s has is null", (_, make) => {
    for (const targeting of readers("plan")) {
      expect([targeting, decided(targeting, make())]).toEqual([targeting, false]);
    }
  });

  test("what is the context's own is read, however it is written", () => {
    const own = { plan: "pro" };
    const context = { ...own, address: own, list: [{ ...own, address: own }] };
    for (const name of ["plan", "constructor", "__proto__"]) {
      const renamed = JSON.parse(
        JSON.stringify(context).replaceAll('"plan"', JSON.stringify(name)),
      );
      for (const targeting of readers(name)) {
        expect([targeting, decided(targeting, renamed)]).toEqual([targeting, true]);
      }
    }
  });

  test.each(["constructor", "toString", "__proto__", "hasOwnProperty", "valueOf"])(
    "%s is null where the context does not have it",
    (name) => {
      const context = { address: {}, list: [{}, { address: {} }] };
      for (const targeting of readers(name)) {
        expect([targeting, decided(targeting, context)]).toEqual([targeting, false]);
      }
    },
  );

  test("a name that is on Object.prototype when a rule is compiled is read as the context's own only", () => {
    const polluted = Object.prototype as unknown as Record<string, unknown>;
    polluted["plan"] = "pro";
    try {
      for (const targeting of readers("plan")) {
        const context = { address: {}, list: [{}, { address: {} }] };
        expect([targeting, decided(targeting, context)]).toEqual([targeting, false]);
      }
      expect(decided({ var: "plan" }, { plan: "on" })).toBe(true);
    } finally {
      delete polluted["plan"];
    }
  });

  test("on a path, a name is the object's own whenever Object.prototype gets it", () => {
    const flags = { beta: ruled({ if: [{ var: "address.city" }, "on"] }) };
    const ruleset = createRuleset({ flags });
    const polluted = Object.prototype as unknown as Record<string, unknown>;
    expect(ruleset.evaluate("beta", false, { address: { city: "NL" } }).value).toBe(true);
    polluted["city"] = "NL";
    try {
      expect(ruleset.evaluate("beta", false, { address: {} }).value).toBe(false);
    } finally {
      delete polluted["city"];
    }
  });

  test.each(["constructor", "__proto__", "toString", "valueOf"])(
    "a rule that gives %s is GENERAL, unless that is a variant of the flag's own",
    (name) => {
      const flag = ruled({ var: "wanted" });
      const own = { ...flag, variants: JSON.parse(`{"off":false,${JSON.stringify(name)}:true}`) };
      const ruleset = createRuleset({ flags: { flag, own } });
      expect(ruleset.evaluate("flag", false, { wanted: name }).errorCode).toBe("GENERAL");
      expect(ruleset.evaluate("own", false, { wanted: name })).toMatchObject({
        value: true,
        variant: name,
      });
    },
  );
});

describe("an evaluation stops after 100,000 steps", () => {
  const nested = (operator: string, list: JsonValue, body: JsonValue): JsonValue => ({
    [operator]: [list, { [operator]: [list, { [operator]: [list, body] }] }],
  });
  const numbers = Array.from({ length: 300 }, (_, index) => index);
  const item = { var: "" };
  const sum = { "+": [{ var: "accumulator" }, { var: "current" }] };
  const thrice = (body: JsonValue): JsonValue => ({
    reduce: [numbers, { reduce: [numbers, { reduce: [numbers, body, 0] }, 0] }, 0],
  });
  const doubled = (operator: string): JsonValue => ({
    reduce: [numbers, { [operator]: [{ var: "accumulator" }, { var: "accumulator" }] }, "ab"],
  });
  const bomb = Object.fromEntries(
    Array.from({ length: 60 }, (_, level) => {
      const next = { $ref: `level-${level + 1}` };
      return [`level-${level}`, { "+": [next, next] }];
    }),
  );
  const evaluators: Record<string, JsonValue> = {
    ...bomb,
    "level-60": 1,
    long: "a".repeat(500_000),
    digits: "1".repeat(500_000),
    "is long": { "==": [{ var: "text" }, "a".repeat(500_000)] },
    "begins long": { starts_with: [{ var: "text" }, "a".repeat(500_000)] },
    "is one long": { in: [{ var: "text" }, ["a".repeat(500_000)]] },
    "has fields": { var: "fields" },
  };
  const often = (body: JsonValue): JsonValue => ({ some: [numbers, { "===": [body, "never"] }] });
  const inARow = (name: string): JsonValue => ({
    and: Array.from({ length: 300 }, () => ({ "!!": { $ref: name } })),
  });

  test.each<[string, JsonValue]>([
    ["a reduce in a reduce in a reduce", thrice(sum)],
    ["a map in a map in a map", nested("map", numbers, item)],
    ["a filter in a filter in a filter", nested("filter", numbers, { ">=": [item, 0] })],
    ["a some in a some in a some", nested("some", numbers, { "<": [item, 0] })],
    ["a none in a none in a none", nested("none", numbers, { "<": [item, 0] })],
    ["an all in an all in an all", nested("all", numbers, { ">=": [item, 0] })],
    [
      "a map in a map in a map of a list in itself",
      { map: [{ var: "self" }, nested("map", item, item)] },
    ],
    ["a context's list of a million items", { some: [{ var: "million" }, { "<": [item, 0] }] }],
    ["shared rules that double", { $ref: "level-0" }],
    ["lists that double", doubled("merge")],
    [
      "a text sought in a long text, often",
      { some: [numbers, { in: [{ cat: [item, "b"] }, { $ref: "long" }] }] },
    ],
    [
      "a list sought in a long list, often",
      { some: [numbers, { in: [{ merge: [item] }, [...Array(60_000).fill(0)]] }] },
    ],
    ["a long text read as a number, often", often({ ">": [{ $ref: "digits" }, 0] })],
    ["a long text compared with another, often", often({ "==": [{ $ref: "long" }, { cat: "b" }] })],
    ["a long text as a path, often", often({ var: [{ $ref: "long" }] })],
    ["a long list as a path, often", often({ var: [[Array(60_000).fill(0)]] })],
    ["a long list sought in a text, often", often({ in: [[Array(60_000).fill(0)], "a"] })],
    [
      "a long text carried along",
      {
        reduce: [numbers, { if: [true, { var: "accumulator" }] }, { cat: ["a", { $ref: "long" }] }],
      },
    ],
    ["an attribute compared with a long text, often", inARow("is long")],
    ["the beginning of an attribute compared with a long text, often", inARow("begins long")],
    ["an attribute compared with long texts, often", inARow("is one long")],
    ["an object of many fields, often", inARow("has fields")],
    ["a context's path of seven million characters", { var: [{ var: "path" }] }],
    ["a context's name of seven million characters", { missing: { var: "path" } }],
    [
      "more operators than that in a row",
      { and: Array.from({ length: 100_001 }, () => ({ "!": 0 })) },
    ],
  ])("%s is GENERAL", (_, targeting) => {
    const flags = { hostile: ruled(targeting), other: ruled({ if: [true, "on"] }) };
    const ruleset = createRuleset({ flags, $evaluators: evaluators });
    const self: unknown[] = [];
    for (let index = 0; index < 100; index++) self.push(self);
    const context = {
      self,
      million: new Array(1_000_000).fill(1),
      text: "a".repeat(500_000),
      path: "a".repeat(7_000_000),
      fields: Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`f${index}`, 1])),
      targetingKey: "jon",
    };
    const details = ruleset.evaluate("hostile", false, context);
    expect(details).toMatchObject({ value: false, reason: "ERROR", errorCode: "GENERAL" });
    expect(details.errorMessage).toMatch(/100000 steps/);
    expect(ruleset.explain("hostile", context).details.errorCode).toBe("GENERAL");
    expect(ruleset.evaluate("other", false, context).value).toBe(true);
  });

  test("a text that doubles is GENERAL before it fills the memory", () => {
    const ruleset = createRuleset({ flags: { hostile: ruled(doubled("cat")) } });
    expect(ruleset.evaluate("hostile", false, {}).errorMessage).toMatch(/characters|steps/);
  });

  test.each<[string, JsonValue]>([
    ["some", nested("some", { var: "x" }, { "<": [{ var: "0" }, 0] })],
    ["map", { map: [{ var: "list" }, nested("map", { var: "x" }, { var: "0" })] }],
    [
      "reduce",
      {
        reduce: [
          { var: "list" },
          { reduce: [{ var: "current.x" }, { "!!": { reduce: [{ var: "current.x" }, 1, 0] } }, 0] },
          0,
        ],
      },
    ],
  ])("no attribute is read more often: %s", (_, targeting) => {
    let reads = 0;
    const list = Array.from({ length: 200 }, () =>
      Object.defineProperty({}, "x", {
        enumerable: true,
        get: () => {
          reads++;
          return list;
        },
      }),
    );
    const ruleset = createRuleset({ flags: { hostile: ruled(targeting) } });
    const details = ruleset.evaluate("hostile", false, { list, x: list });
    expect(details.errorMessage).toMatch(/100000 steps/);
    expect(reads).toBeGreaterThan(0);
    expect(reads).toBeLessThanOrEqual(100_000);
  });
});

test("a decision depends on the flag set, the context and the time, and changes none of them", () => {
  const flags = fc.record({ a: definition, b: definition, c: definition });
  const sets = fc.record({
    flags,
    $evaluators: fc.record({ shared: rule, other: rule }),
  }) as fc.Arbitrary<FlagSet>;
  const order = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 3, maxLength: 9 });
  fc.assert(
    fc.property(
      sets,
      plainContexts,
      plainContexts,
      moments,
      order,
      (set, context, another, now, keys) => {
        const [setBefore, contextBefore] = [structuredClone(set), structuredClone(context)];
        const ruleset = createRuleset(set);
        const alone = (key: string, value?: boolean) =>
          createRuleset(structuredClone(set)).evaluate<unknown>(
            key,
            value,
            structuredClone(context),
            now,
          );
        for (const key of keys) {
          ruleset.evaluate(key, false, another, now + 1);
          expect(ruleset.evaluate(key, false, context, now)).toEqual(alone(key, false));
          expect(ruleset.explain(key, context, now).details).toEqual(alone(key));
        }
        expect(set).toEqual(setBefore);
        expect(context).toEqual(contextBefore);
      },
    ),
    { numRuns: 1000 },
  );
});

describe("a split that grows drops nobody", () => {
  const units = Array.from({ length: 300 }, (_, index) => ({ targetingKey: `user-${index}` }));

  function winnersOf(targeting: JsonValue, variants = ["on", "off", "a"]): ReadonlySet<string> {
    const flag: FlagDefinition = {
      state: "ENABLED",
      variants: Object.fromEntries(variants.map((name) => [name, name])),
      defaultVariant: "off",
      targeting,
    };
    const ruleset = createRuleset({ flags: { beta: flag } });
    const won = units.filter((unit) => ruleset.evaluate("beta", "", unit).variant === "on");
    return new Set(won.map(({ targetingKey }) => targetingKey));
  }

  function grows(small: JsonValue, large: JsonValue): void {
    const [before, after] = [winnersOf(small), winnersOf(large)];
    expect([...before].filter((unit) => !after.has(unit))).toEqual([]);
  }

  const share = fc.integer({ min: 0, max: 500_000 }).map((millionths) => millionths / 10_000);
  const pair = fc.tuple(share, share).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

  test("written as a percentage, alone or last", () => {
    fc.assert(
      fc.property(pair, share, ([small, large], other) => {
        grows(percent({ on: small }), percent({ on: large }));
        grows(percent({ a: other, on: small }), percent({ a: other, on: large }));
      }),
      { numRuns: 200 },
    );
  });

  test("written as buckets, if its bucket is the first, in any total", () => {
    const weight = fc.oneof(fc.nat({ max: 100 }), fc.nat({ max: 1_000_000 }));
    fc.assert(
      fc.property(weight, weight, weight, weight, (on, off, more, less) => {
        const small = {
          fractional: [
            ["on", on],
            ["off", off + less],
          ],
        };
        grows(small, {
          fractional: [
            ["on", on + more],
            ["off", off],
          ],
        });
      }),
      { numRuns: 200 },
    );
  });
});

test("a million units spread as the weights say, within 0.2 points", () => {
  const splits: Record<string, number>[] = [
    { a: 1, b: 1 },
    { a: 1, b: 99 },
    { a: 10, b: 25, c: 65 },
  ];
  for (const [index, weights] of splits.entries()) {
    const flag: FlagDefinition = {
      state: "ENABLED",
      variants: { a: "a", b: "b", c: "c" },
      targeting: { fractional: Object.entries(weights) },
    };
    const ruleset = createRuleset({ flags: { [`flag-${index}`]: flag } });
    const counts: Record<string, number> = { a: 0, b: 0, c: 0 };
    for (let unit = 0; unit < 1_000_000; unit++) {
      const { value } = ruleset.evaluate(`flag-${index}`, "", { targetingKey: `user-${unit}` });
      counts[value] = (counts[value] ?? 0) + 1;
    }
    const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
    for (const [name, weight] of Object.entries(weights)) {
      expect(Math.abs((counts[name] ?? 0) / 10_000 - (100 * weight) / total)).toBeLessThan(0.2);
    }
  }
}, 30_000);

describe("a ruleset that changes made", () => {
  const variants = { on: true, off: false };
  const reads = fc.constantFrom<JsonValue>(
    { $ref: "staff" },
    { $ref: "pro" },
    { $ref: "both" },
    { and: [{ $ref: "staff" }, { "!": { $ref: "pro" } }] },
    { "==": [{ var: "plan" }, "pro"] },
    { ">=": [{ var: "$flagd.timestamp" }, 50] },
    { nope: [] },
  );
  const rules = fc.oneof(
    reads.map((condition): JsonValue => ({ if: [condition, "on"] })),
    fc.constantFrom<JsonValue>(
      {},
      {
        fractional: [
          ["on", 1],
          ["off", 1],
        ],
      },
      { if: [true, "on"] },
    ),
  );
  const flag = fc.record(
    {
      state: fc.constantFrom("ENABLED", "ENABLED", "DISABLED"),
      variants: fc.constant(variants),
      defaultVariant: fc.constantFrom("on", "off"),
      targeting: rules,
      metadata: fc.record({ owner: fc.constantFrom("payments", "search") }),
    },
    { requiredKeys: ["state", "variants"] },
  );
  const shared = fc.constantFrom<JsonValue>(
    ...[true, false, { $ref: "pro" }, { $ref: "staff" }, { var: "staff" }],
    { or: [{ $ref: "staff" }, { $ref: "pro" }] },
  );
  const sets = fc.record(
    {
      flags: fc.dictionary(fc.constantFrom("a", "b", "c", "__proto__"), flag),
      $evaluators: fc.dictionary(fc.constantFrom("staff", "pro", "both"), shared),
      metadata: fc.dictionary(fc.constantFrom("version"), fc.constantFrom(1, 2)),
    },
    { requiredKeys: ["flags"] },
  ) as fc.Arbitrary<FlagSet>;

  const keys = ["a", "b", "c", "__proto__"];
  const cases: EvaluationContext[] = [
    { targetingKey: "jon", plan: "pro" },
    { targetingKey: "ada", staff: true },
  ];

  type Ruleset = ReturnType<typeof createRuleset>;

  function decisionsOf(ruleset: Ruleset): EvaluationDetails<boolean>[] {
    return keys.flatMap((key) =>
      cases.map((context) => ruleset.evaluate(key, false, context, 100_000)),
    );
  }

  /** A small change of a flag set. */
  const edit: fc.Arbitrary<(set: FlagSet) => FlagSet> = fc.oneof(
    fc
      .tuple(fc.constantFrom(...keys), fc.option(flag, { nil: undefined }))
      .map(([key, put]) =>
        named(
          `flag ${key} ${JSON.stringify(put)}`,
          (set) => ({ ...set, flags: entriesWith(set.flags, key, put) }) as FlagSet,
        ),
      ),
    fc
      .tuple(fc.constantFrom("staff", "pro", "both"), fc.option(shared, { nil: undefined }))
      .map(([name, put]) =>
        named(
          `rule ${name} ${JSON.stringify(put)}`,
          (set) => ({ ...set, $evaluators: entriesWith(set.$evaluators, name, put) }) as FlagSet,
        ),
      ),
    fc
      .constantFrom(1, 2)
      .map((version) => named(`version ${version}`, (set) => ({ ...set, metadata: { version } }))),
    sets.map((other) => named(JSON.stringify(other), () => other)),
  );

  /** How fast-check is to write an edit. */
  function named(text: string, edit: (set: FlagSet) => FlagSet): (set: FlagSet) => FlagSet {
    return Object.assign(edit, { [fc.toStringMethod]: () => text });
  }

  function entriesWith(entries: object | undefined, name: string, put: unknown): object {
    const others = Object.entries(entries ?? {}).filter(([other]) => other !== name);
    return objectOf(put === undefined ? others : [...others, [name, put]]);
  }

  type Step = readonly [from: number, isRead: boolean, edit: (set: FlagSet) => FlagSet];

  /** Makes rulesets of rulesets, and looks at all of them. */
  function change(first: FlagSet, steps: readonly Step[]): void {
    const made = [{ ruleset: createRuleset(first), set: first }];
    for (const [from, isRead, edit] of steps) {
      const base = made[Math.min(from, made.length - 1)] as (typeof made)[number];
      if (isRead) decisionsOf(base.ruleset);
      const set = edit(base.set);
      const delta = base.ruleset.deltaTo(set);
      const told = base.ruleset.keysChangedBy(delta);
      const ruleset = base.ruleset.apply(delta);
      made.push({ ruleset, set });
      expect(ruleset.flagSet.flags).toEqual(set.flags);
      expect(decisionsOf(ruleset)).toEqual(decisionsOf(createRuleset(ruleset.flagSet)));
      const silent = keys.filter((key) => !told.includes(key));
      expect(silent.map((key) => variantsOf(ruleset, key))).toEqual(
        silent.map((key) => variantsOf(base.ruleset, key)),
      );
    }
    for (const { ruleset, set } of made) {
      expect(decisionsOf(ruleset)).toEqual(decisionsOf(createRuleset(set)));
    }
  }

  function variantsOf(ruleset: Ruleset, key: string) {
    return cases.map((context) => {
      const { variant, reason } = ruleset.evaluate(key, false, context, 100_000);
      return { variant, reason };
    });
  }

  test("one after the other decides as one created from its flag set does, and the old ones as before", () => {
    const step = fc.tuple(fc.constant(Number.POSITIVE_INFINITY), fc.boolean(), edit);
    fc.assert(fc.property(sets, fc.array(step, { maxLength: 8 }), change), { numRuns: 500 });
  });

  test("of any of those before decides so, too", () => {
    const step = fc.tuple(fc.nat({ max: 8 }), fc.boolean(), edit);
    fc.assert(fc.property(sets, fc.array(step, { maxLength: 8 }), change), { numRuns: 1500 });
  });

  test("follows a shared rule with a flag that another one does not have", () => {
    const staff = ruled({ if: [{ $ref: "staff" }, "on"] });
    const first = createRuleset({ flags: { a: staff }, $evaluators: { staff: true } });
    const second = first.apply({ flags: { put: { b: staff } } });
    expect(second.evaluate("b", false, {}).value).toBe(true);
    const change = { evaluators: { put: { staff: false } } };
    first.apply(change);
    expect([...second.keysChangedBy(change)].sort()).toEqual(["a", "b"]);
    expect(second.apply(change).evaluate("b", false, {}).value).toBe(false);
  });

  test("keeps the compiled form of every flag that did not change", () => {
    const flags = {
      plain: { state: "ENABLED", variants, defaultVariant: "on" },
      ruled: ruled({ if: [{ "==": [{ var: "plan" }, "pro"] }, "on"] }),
      shared: ruled({ if: [{ $ref: "staff" }, "on"] }),
      other: ruled({ if: [{ $ref: "other" }, "on"] }),
      changed: ruled({ if: [true, "on"] }),
    } satisfies Record<string, FlagDefinition>;
    const set: FlagSet = { flags, $evaluators: { staff: true, other: true } };
    const read = (ruleset: Ruleset) =>
      Object.fromEntries(
        Object.keys(flags).map((key) => [key, ruleset.evaluate(key, false, { plan: "pro" })]),
      );
    const ruleset = createRuleset(set);
    const before = read(ruleset);
    const after = read(
      ruleset.apply({
        flags: { put: { changed: { ...flags.changed, defaultVariant: "on" } } },
        evaluators: { put: { other: { "!": false } } },
      }),
    );
    const kept = Object.keys(flags).filter((key) => before[key] === after[key]);
    expect(kept).toEqual(["plain", "ruled", "shared"]);
    expect(after).toEqual(before);
    expect(Object.values(after).every(Object.isFrozen)).toBe(true);
  });
});
