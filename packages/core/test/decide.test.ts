import { createRuleset, type EvaluationContext, type JsonValue } from "@burgee/core";
import { type Arbitrary, assert, constantFrom, oneof, property, record, tuple } from "fast-check";
import { expect, test } from "vitest";

const values = constantFrom<unknown>("pro", "free", "", 7, null, undefined, ["pro"], {}, 10n);
const contexts = record({ plan: values, country: values }) satisfies Arbitrary<EvaluationContext>;

const attribute = constantFrom("plan", "country").map((name): JsonValue => ({ var: name }));
const texts = constantFrom<JsonValue>("pro", "free", "");
const conditions = oneof(
  tuple(constantFrom("==", "===", "!=", "<"), attribute, texts).map(operation),
  tuple(constantFrom("starts_with", "ends_with"), attribute, texts).map(operation),
  attribute.map((part): JsonValue => ({ in: [part, ["pro", 7, null]] })),
  attribute.map((part): JsonValue => ({ "!": [part] })),
  attribute.map((part): JsonValue => ({ sem_ver: [part, ">=", "1.0.0"] })),
  constantFrom<JsonValue>({ "<": [{ var: "$flagd.timestamp" }, 5] }, true, "text"),
);
const both = tuple(conditions, conditions).map(([a, b]): JsonValue => ({ and: [a, b] }));
const ends = constantFrom<JsonValue>("on", "off", "strange", null);
const ways = oneof(
  tuple(conditions, ends).map((args): JsonValue => ({ if: [...args] })),
  tuple(both, ends, ends).map((args): JsonValue => ({ if: [...args] })),
  tuple(both, ends, conditions, ends, ends).map((args): JsonValue => ({ if: [...args] })),
);
const splits = tuple(attribute, ends).map(([part, end]): JsonValue => {
  const unit = { cat: [{ var: "$flagd.flagKey" }, part] };
  return { fractional: [unit, ["on", 30], [end, 30], [null, 40]] };
});

function operation([name, ...args]: readonly [string, JsonValue, JsonValue]): JsonValue {
  return { [name]: args };
}

/** What a rule decides, but for where its split stands in it. */
function decide(targeting: JsonValue, context: EvaluationContext, defaultVariant: string | null) {
  const variants = { on: "on", off: "off" };
  const flag = { state: "ENABLED" as const, variants, defaultVariant, targeting };
  const ruleset = createRuleset({ flags: { flag } as never });
  const twice = [1, 2].map(() => {
    const { split, ...details } = ruleset.evaluate("flag", "caller's", context, 4000);
    return { ...details, unit: split?.unit, share: split?.share };
  });
  expect(twice[1]).toEqual(twice[0]);
  return twice[0];
}

test("a rule is decided alike whether its ways, its split, or its closures are run", () => {
  assert(
    property(oneof(ways, splits), contexts, constantFrom("off", null), (rule, context, variant) => {
      const run = { if: [true, rule, null] };
      expect(decide(rule, context, variant)).toEqual(decide(run, context, variant));
    }),
    { numRuns: 3000 },
  );
});

test.each([
  ["ways", { if: [{ "==": [{ var: "plan" }, "pro"] }, "on", "off"] }],
  ["split", { fractional: [{ cat: [{ var: "$flagd.flagKey" }, { var: "plan" }] }, ["on", 1]] }],
])("an attribute that throws when it is read makes an error of the flag's %s alone", (_, rule) => {
  const context = {
    get plan(): string {
      throw new Error("hostile");
    },
  };
  const details = decide(rule as JsonValue, context, "off");
  expect(details).toMatchObject({ value: "caller's", reason: "ERROR", errorCode: "GENERAL" });
});
