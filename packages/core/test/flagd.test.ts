import {
  createRuleset,
  type EvaluationContext,
  type EvaluationDetails,
  type FlagDefinition,
  type FlagSet,
  type JsonValue,
} from "@burgee/core";
import type { FlagValue, FlagValueType, Logger } from "@openfeature/core";
import { FlagdCore } from "@openfeature/flagd-core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

const now = Date.parse("2027-01-04T09:00:00Z");

beforeAll(() => void vi.useFakeTimers({ now, toFake: ["Date"] }));
afterAll(() => void vi.useRealTimers());

/** Names of attributes; some are absent, or lead nowhere. */
const names = [
  ...["targetingKey", "plan", "email", "age", "score", "roles", "roles.0", "roles.1"],
  ...["address", "address.city", "version", "nothing", "empty", "flag", "list", "list.0.x"],
  ...["absent", "absent.deeper", "$flagd.flagKey", "$flagd.timestamp", "$flagd.absent"],
];

/** Those that are never null. */
const defined = names.filter((name) => name !== "nothing");

const contexts: fc.Arbitrary<EvaluationContext> = fc.record(
  {
    targetingKey: fc.oneof(
      fc.constantFrom("", "jon", "ada"),
      fc.string({ unit: "grapheme-ascii" }),
    ),
    plan: fc.constantFrom("pro", "free"),
    email: fc.constantFrom("jon@example.com", "ada@example.org"),
    age: fc.constantFrom<JsonValue>(0, 18, 40, "18", "old"),
    score: fc.oneof(
      fc.constantFrom(1, 10),
      fc.integer({ min: -50, max: 50 }).map((tenths) => tenths / 10),
    ),
    roles: fc.constantFrom(["admin"], ["a", "b"], [], [1, 2]),
    address: fc.constantFrom({ city: "NL" }, {}),
    version: fc.constantFrom<JsonValue>("1.2.3", "2.0.0-rc.1", "v2", "2.0.0+build", 2, "x"),
    nothing: fc.constant(null),
    empty: fc.constant(""),
    flag: fc.boolean(),
    list: fc.constantFrom<JsonValue>([{ x: 1 }, { x: 2 }], [1, 2, 3], [[1], [2, 3]]),
    $flagd: fc.constant({ flagKey: "another", timestamp: 1 }),
  },
  { requiredKeys: ["plan"] },
);

const scalar = fc.constantFrom<JsonValue>(
  ...["on", "off", "true", "pro", "a", "", "1", "10", "2.0.0", "NL", "admin"],
  ...[null, true, false, 0, 1, 2, -1, 3.5, 10, now / 1000],
);
/** What is not null. */
const something = scalar.filter((value) => value !== null);
const literal = fc.oneof(
  { weight: 3, arbitrary: scalar },
  {
    weight: 1,
    arbitrary: fc.constantFrom<JsonValue>([], {}, [1, 2, 3], ["a", "b"], ["pro"], [[1], [2]]),
  },
);

const variable = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...names).map((name) => ({ var: name })) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...defined), literal).map((args) => ({ var: args })),
  },
  { weight: 1, arbitrary: fc.constantFrom(...names).map((name) => ({ var: [name] })) },
) as fc.Arbitrary<JsonValue>;

/** A variable that is never null. */
const present = fc
  .tuple(fc.constantFrom(...defined), something)
  .map((args): JsonValue => ({ var: args }));

function of(operator: string): (args: unknown) => JsonValue {
  return (args) => ({ [operator]: args }) as JsonValue;
}

/** What is run for each item of a list. */
const { item } = fc.letrec<{ item: JsonValue }>((tie) => {
  const given = fc.constantFrom("", "x", "0", "current", "current.x", "absent");
  const paths = fc.oneof(given, fc.constant("accumulator"));
  const read = fc.oneof(
    paths.map((path) => ({ var: path })),
    fc.tuple(given, scalar).map(of("var")),
  );
  const argument = fc.oneof({ depthSize: "small" }, scalar, tie("item"));
  const args = (min: number, max: number) =>
    fc
      .tuple(tie("item"), fc.array(argument, { minLength: min - 1, maxLength: max - 1 }))
      .map(([first, others]) => [first, ...others]);
  return {
    item: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      read,
      fc.oneof(
        ...["==", "!=", "===", "!==", "<", "<=", ">", ">="].map((o) => args(2, 2).map(of(o))),
        ...["and", "or", "merge"].map((o) => args(1, 2).map(of(o))),
        ...["!", "!!"].map((o) => fc.oneof(read, args(2, 2).map(of("=="))).map(of(o))),
        ...["+", "-", "*"].map((o) => args(2, 2).map(of(o))),
        fc
          .array(fc.oneof(something, fc.tuple(given, something).map(of("var"))), {
            minLength: 1,
            maxLength: 2,
          })
          .map((all) => of("cat")([{ var: ["", 0] }, ...all])),
        args(3, 3).map(of("if")),
        args(2, 2).map(of("max")),
        fc.tuple(tie("item"), fc.constant(["a", 1, "admin"])).map(of("in")),
      ),
    ),
  } as { item: fc.Arbitrary<JsonValue> };
});

/** A rule that is no literal; it refers to these shared rules. */
function operations(...refs: readonly string[]): fc.Arbitrary<JsonValue> {
  const { operation } = fc.letrec<{ operation: JsonValue; argument: JsonValue }>((tie) => {
    /** Arguments that are not all written: those would be another matter, of when they are run. */
    const args = (min: number, max = min) =>
      fc
        .tuple(
          tie("operation"),
          fc.array(tie("argument"), { minLength: min - 1, maxLength: max - 1 }),
        )
        .map(([first, others]) => [first, ...others]);
    const number = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constant({ var: ["score", 3] }));
    const rows = fc
      .array(number, { minLength: 2, maxLength: 3 })
      .map((others) => [{ var: ["score", 3] }, ...others]);
    const few = fc.integer({ min: -4, max: 4 });
    const parts = fc
      .tuple(
        fc.oneof(present, args(2).map(of("+")), args(2).map(of("<="))),
        fc.array(fc.oneof(something, present), { maxLength: 2 }),
      )
      .map(([first, others]) => [first, ...others]);
    const listed = fc.constantFrom(...["roles", "list", "nothing", "absent"].map(of("var")));
    const list = fc.constantFrom("roles", "list").map((name) => ({ var: [name, ["a"]] }));
    /** No list that is made, of which the interpreter judges the first item. */
    const judged = fc.oneof(variable, args(2).map(of("==")), args(2).map(of("starts_with")));
    const simple = fc.constantFrom(...["plan", "age", "score", "flag", "absent"].map(of("var")));
    const absentees = fc.array(fc.constantFrom(...names), { maxLength: 3 });
    const version = fc.constantFrom<JsonValue>("1.2.3", "2", "v2.0", "2.0.0", "x", 3);
    const name = fc.oneof(fc.constantFrom<JsonValue>("on", "off", "true", null), tie("operation"));
    const weight = fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: -5, max: 50 }) },
      { weight: 1, arbitrary: fc.constantFrom(0, 1.5, 2147483646, 2147483647) },
      { weight: 1, arbitrary: tie("operation") },
    );
    const buckets = fc.array(fc.oneof(fc.tuple(name), fc.tuple(name, weight)), {
      minLength: 1,
      maxLength: 3,
    });
    const unit = fc.constantFrom<JsonValue>(
      { var: "email" },
      { var: "absent" },
      { var: "targetingKey" },
      { cat: [{ var: "$flagd.flagKey" }, { var: "plan" }] },
      { cat: [{ var: "$flagd.flagKey" }, { var: "plan" }, "/", { var: ["email", 7] }] },
    );
    return {
      operation: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        variable,
        fc.oneof(
          args(1, 5).map(of("if")),
          args(3).map(of("?:")),
          ...["==", "!=", "===", "!==", "<", "<=", ">", ">="].map((o) =>
            fc.oneof(args(2), rows).map(of(o)),
          ),
          ...["and", "or", "merge"].map((o) => args(1, 3).map(of(o))),
          ...["+", "-"].map((o) => fc.oneof(fc.tuple(simple), args(2, 3)).map(of(o))),
          ...["*", "/", "%", "max", "min"].map((o) => args(2, 3).map(of(o))),
          ...["!", "!!"].map((o) => fc.oneof(judged, fc.tuple(judged)).map(of(o))),
          fc.oneof(args(2), fc.tuple(tie("operation"), listed)).map(of("in")),
          fc
            .oneof(fc.tuple(tie("operation"), few), fc.tuple(tie("operation"), few, few))
            .map(of("substr")),
          ...["map", "filter", "some", "none"].map((o) => fc.tuple(listed, item).map(of(o))),
          fc.tuple(list, item).map(of("all")),
          fc.tuple(listed, item, tie("argument")).map(of("reduce")),
          parts.map(of("cat")),
          absentees.map(of("missing")),
          fc.tuple(fc.integer({ min: 0, max: 2 }), absentees).map(of("missing_some")),
        ),
        fc.oneof(
          ...["starts_with", "ends_with"].map((o) => args(2, 3).map(of(o))),
          fc
            .tuple(
              fc.oneof(fc.constant(of("var")("version")), simple),
              fc.constantFrom("=", "!=", "<", "<=", ">", ">=", "^", "~", "x"),
              version,
            )
            .map(of("sem_ver")),
          buckets.map(of("fractional")),
          fc.tuple(unit, buckets).map(([key, all]) => of("fractional")([key, ...all])),
          fc.constantFrom(...refs, "nobody").map(of("$ref")),
        ),
      ),
      argument: fc.oneof({ depthSize: "small", withCrossShrink: true }, literal, tie("operation")),
    } as { operation: fc.Arbitrary<JsonValue>; argument: fc.Arbitrary<JsonValue> };
  });
  return operation;
}

/** Variants of each type that a caller may ask for, by the type's name. */
const variants: Readonly<Record<FlagValueType, Readonly<Record<string, JsonValue>>>> = {
  boolean: { on: true, off: false, true: true, false: false, 1: true, pro: true },
  string: { on: "yes", off: "", true: "true", 0: "zero" },
  number: { on: 1, off: 0, true: -1.5, jon: 7 },
  object: { on: { size: 1 }, off: {}, false: { deep: { er: [1] } } },
};
const defaults: Readonly<Record<FlagValueType, JsonValue>> = {
  boolean: false,
  string: "default",
  number: 7,
  object: { default: true },
};
const types = fc.constantFrom(...(Object.keys(variants) as FlagValueType[]));
const metadata = fc.dictionary(
  fc.constantFrom("owner", "version", "live"),
  fc.constantFrom("payments", 42, true),
);
const flags: fc.Arbitrary<FlagDefinition> = fc.record(
  {
    state: fc.constantFrom("ENABLED", "ENABLED", "ENABLED", "DISABLED"),
    variants: types.map((type) => variants[type]),
    defaultVariant: fc.constantFrom("on", "off", "", null),
    targeting: fc.oneof(
      { weight: 8, arbitrary: operations("segment", "staff") },
      {
        weight: 1,
        arbitrary: fc.constantFrom<JsonValue>(
          {},
          { nope: [] },
          { if: [{ var: "plan" }, { nope: 1 }] },
        ),
      },
    ),
    metadata,
  },
  { requiredKeys: ["state", "variants"] },
);
const documents: fc.Arbitrary<FlagSet> = fc.record(
  {
    flags: fc.record({ beta: flags, "new-checkout": flags }),
    $evaluators: fc.record({ segment: operations("staff"), staff: operations() }),
    metadata,
  },
  { requiredKeys: ["flags"] },
);

const silent: Logger = { error() {}, warn() {}, info() {}, debug() {} };

type Answer = Partial<EvaluationDetails>;

/** What has to agree. */
function answerOf({ value, variant, reason, errorCode, flagMetadata }: Answer): Answer {
  return { value, variant, reason, errorCode, flagMetadata } as Answer;
}

/** flagd-core, which compiles rules to code, or interprets them. */
function flagd(document: FlagSet, disableDynamicCodeGeneration: boolean) {
  const core = new FlagdCore(undefined, silent, { disableDynamicCodeGeneration });
  core.setConfigurations(JSON.stringify(document));
  return (key: string, type: FlagValueType, context: EvaluationContext): Answer =>
    answerOf(core.resolve(type, key, defaults[type] as FlagValue, context as never) as Answer);
}

/**
 * flagd-core has two engines. By default it compiles rules, but interprets what stands in an `if` of
 * two arguments. Where the two differ, so that either may be right, the rules here do not go: operators
 * with nothing but literals; `all` and `cat` of null, and fallbacks for it; rows of anything but numbers;
 * `+`, `-`, `!` and `sem_ver` of lists that are made; flagd's own operators for each item of a list.
 */
test("decides as flagd-core does, and where that is of two minds, as one of them", () => {
  let asked = 0;
  let agreed = 0;
  fc.assert(
    fc.property(documents, types, contexts, (document, type, context) => {
      const ruleset = createRuleset(document);
      const [compiling, interpreting] = [flagd(document, false), flagd(document, true)];
      for (const key of ["beta", "new-checkout", "unknown"]) {
        const ours = answerOf(ruleset.evaluate(key, defaults[type], context, now));
        const compiled = compiling(key, type, context);
        const interpreted = interpreting(key, type, context);
        asked++;
        if (JSON.stringify(compiled) === JSON.stringify(interpreted)) {
          agreed++;
          expect(ours).toEqual(compiled);
        } else {
          expect([compiled, interpreted]).toContainEqual(ours);
        }
      }
    }),
    { numRuns: 4000 },
  );
  expect(agreed / asked).toBeGreaterThan(0.9);
}, 60_000);

describe("differs from flagd-core where it means to", () => {
  const halves: JsonValue[] = [
    ["on", 50],
    ["off", 50],
  ];
  const byName = { fractional: [{ var: "name" }, ...halves] };

  function both(targeting: JsonValue, context: EvaluationContext, $evaluators = {}) {
    const flag = {
      state: "ENABLED",
      variants: variants.boolean,
      defaultVariant: "off",
      targeting,
    } as const;
    const document: FlagSet = { flags: { beta: flag }, $evaluators };
    const ours = createRuleset(document).evaluate("beta", false, context, now);
    return { ours, flagd: flagd(document, false)("beta", "boolean", context) };
  }

  test("a key that is not ASCII hashes as its UTF-8 bytes, which flagd-core does if it is given them", () => {
    const different = fc
      .sample(fc.string({ unit: "grapheme", minLength: 1 }), 300)
      .filter((name) => {
        const bytes = Buffer.from(name).toString("latin1");
        const { ours } = both(byName, { name });
        expect(ours.variant).toBe(both(byName, { name: bytes }).flagd.variant);
        return ours.variant !== both(byName, { name }).flagd.variant;
      });
    expect(different.length).toBeGreaterThan(10);
  });

  test.each<[string, JsonValue, EvaluationContext, Answer, Answer, Record<string, JsonValue>?]>([
    [
      "a targeting key that is no text is none",
      { fractional: [["on", 1]] },
      { targetingKey: 7 as never },
      { variant: "on", reason: "TARGETING_MATCH" },
      { variant: "off", reason: "DEFAULT" },
    ],
    [
      "an operator that throws does so at run time, also where all is written",
      { if: [{ var: "absent" }, { "+": ["x"] }, "on"] },
      {},
      { reason: "ERROR", errorCode: "PARSE_ERROR" },
      { variant: "on", reason: "TARGETING_MATCH" },
    ],
    [
      "a version with white space around it is none",
      { if: [{ sem_ver: [{ var: "version" }, "=", "1.2.3"] }, "on", "off"] },
      { version: " 1.2.3" },
      { variant: "on", reason: "TARGETING_MATCH" },
      { variant: "off", reason: "TARGETING_MATCH" },
    ],
    [
      "shared rules refer to each other in any order",
      { if: [{ $ref: "second" }, "on"] },
      {},
      { reason: "ERROR", errorCode: "PARSE_ERROR" },
      { variant: "on", reason: "TARGETING_MATCH" },
      { first: { "!": { var: "absent" } }, second: { $ref: "first" } },
    ],
    [
      "what a prototype has is no operator",
      { if: [{ toString: [] }, "on"] },
      {},
      { variant: "on", reason: "TARGETING_MATCH" },
      { reason: "ERROR", errorCode: "PARSE_ERROR" },
    ],
    [
      "a prototype is no attribute",
      { if: [{ var: "__proto__.constructor.name.length" }, "on", "off"] },
      {},
      { variant: "on", reason: "TARGETING_MATCH" },
      { variant: "off", reason: "TARGETING_MATCH" },
    ],
    [
      "flagd's operators work for each item of a list",
      { if: [{ some: [{ var: "roles" }, { starts_with: [{ var: "" }, "ad"] }] }, "on"] },
      { roles: ["admin"] },
      { reason: "ERROR", errorCode: "GENERAL" },
      { variant: "on", reason: "TARGETING_MATCH" },
    ],
  ])("%s", (_, targeting, context, theirs, ours, $evaluators) => {
    const answers = both(targeting, context, $evaluators);
    expect(answers.flagd).toMatchObject(theirs);
    expect(answers.ours).toMatchObject(ours);
  });

  test("a list is no object", () => {
    const flag = { state: "ENABLED", variants: { on: [1] }, defaultVariant: "on" } as const;
    const document: FlagSet = { flags: { beta: flag } };
    expect(flagd(document, false)("beta", "object", {}).reason).toBe("STATIC");
    expect(createRuleset(document).evaluate<JsonValue>("beta", {}, {}).errorCode).toBe(
      "TYPE_MISMATCH",
    );
  });
});
