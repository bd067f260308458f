import {
  createRuleset,
  type EvaluationContext,
  type FlagDefinition,
  type FlagSet,
  type JsonValue,
} from "@burgee/core";
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { ruled } from "./shop.js";

afterEach(() => void vi.useRealTimers());

const onOff: FlagDefinition = {
  state: "ENABLED",
  variants: { on: true, off: false },
  defaultVariant: "off",
};

const metadata = { flagSetId: "shop", owner: "nobody" };
const flagMetadata = { flagSetId: "shop", owner: "payments" };

function evaluate(flag: Partial<FlagDefinition>, value: JsonValue = false, context = {}) {
  const beta = { ...onOff, metadata: { owner: "payments" }, ...flag };
  return createRuleset({ flags: { beta }, metadata }).evaluate("beta", value, context);
}

const served = { flagMetadata };
const failed = { value: false, reason: "ERROR", flagMetadata, errorMessage: expect.any(String) };
const unserved = { value: false, reason: "DEFAULT", flagMetadata };

test("a key that is unknown is FLAG_NOT_FOUND, with the set's metadata", () => {
  const ruleset = createRuleset({ flags: {}, metadata });
  expect(ruleset.evaluate("beta", "default", {})).toEqual({
    ...failed,
    value: "default",
    errorCode: "FLAG_NOT_FOUND",
    flagMetadata: metadata,
  });
});

test.each<[string, Partial<FlagDefinition>, object]>([
  ["a disabled flag", { state: "DISABLED" }, { value: false, reason: "DISABLED", ...served }],
  [
    "a disabled flag whose rule cannot be compiled",
    { state: "DISABLED", targeting: { nope: [] } },
    { value: false, reason: "DISABLED", ...served },
  ],
  ["an unknown operator", { targeting: { nope: [] } }, { ...failed, errorCode: "PARSE_ERROR" }],
  ["a dangling $ref", { targeting: { $ref: "nobody" } }, { ...failed, errorCode: "PARSE_ERROR" }],
  [
    "no rule",
    { defaultVariant: "on" },
    { value: true, variant: "on", reason: "STATIC", ...served },
  ],
  [
    "an empty rule",
    { targeting: {} },
    { value: false, variant: "off", reason: "STATIC", ...served },
  ],
  [
    "a rule that is null",
    { targeting: null },
    { value: false, variant: "off", reason: "STATIC", ...served },
  ],
  [
    "a rule that gives null",
    { targeting: { var: "absent" }, defaultVariant: "on" },
    { value: true, variant: "on", reason: "DEFAULT", ...served },
  ],
  [
    "a rule that gives a variant",
    { targeting: { if: [true, "on"] } },
    { value: true, variant: "on", reason: "TARGETING_MATCH", ...served },
  ],
  [
    "a rule that gives true",
    { targeting: { "==": [1, 1] }, variants: { true: 1, false: 0 }, defaultVariant: "false" },
    { ...failed, errorCode: "TYPE_MISMATCH" },
  ],
  ["a rule that gives no variant", { targeting: "maybe" }, { ...failed, errorCode: "GENERAL" }],
  [
    "a rule that gives a prototype's name",
    { targeting: "toString" },
    { ...failed, errorCode: "GENERAL" },
  ],
  ["a rule that throws", { targeting: { "<": ["a", 1] } }, { ...failed, errorCode: "GENERAL" }],
  ["no default variant", { defaultVariant: null }, unserved],
  ["an empty default variant", { defaultVariant: "" }, unserved],
  [
    "no default variant for a rule that gives null",
    { defaultVariant: null, targeting: { var: "absent" } },
    unserved,
  ],
  [
    "a value of another type",
    { variants: { on: 1, off: 0 } },
    { ...failed, errorCode: "TYPE_MISMATCH" },
  ],
  [
    "a rule's value of another type",
    { variants: { on: 1, off: false }, targeting: "on" },
    { ...failed, errorCode: "TYPE_MISMATCH" },
  ],
])("%s", (_, flag, details) => {
  expect(evaluate(flag)).toEqual(details);
});

test("an absent default variant serves the caller's default", () => {
  const { defaultVariant: _, ...flag } = onOff;
  const details = createRuleset({ flags: { flag } }).evaluate("flag", true, {});
  expect(details).toEqual({ value: true, reason: "DEFAULT", flagMetadata: {} });
});

test.each<[JsonValue, string]>([
  [true, "true"],
  [7, "7"],
  [["on"], "on"],
])("a rule's %j is the variant %j", (result, variant) => {
  const targeting = { if: [true, result] };
  const details = evaluate({ targeting, variants: { [variant]: "value", off: "" } }, "");
  expect(details).toMatchObject({ value: "value", variant, reason: "TARGETING_MATCH" });
});

test.each<[JsonValue, JsonValue]>([
  ["text", 1],
  [1, "text"],
  [true, "true"],
  [{}, "text"],
  [{}, []],
  [[], {}],
  [{}, null],
])("a default of %j does not accept a value of %j", (value, other) => {
  const details = evaluate({ variants: { off: other } }, value);
  expect(details).toMatchObject({ value, reason: "ERROR", errorCode: "TYPE_MISMATCH" });
});

test("a default of undefined accepts any value", () => {
  const ruleset = createRuleset({ flags: { beta: onOff } });
  expect(ruleset.evaluate<unknown>("beta", undefined, {}).value).toBe(false);
});

const half = {
  fractional: [
    ["on", 1],
    ["off", 1],
  ],
};

test("details carry the split that decided, and none where none did", () => {
  const details = evaluate({ targeting: half }, false, { targetingKey: "jon" });
  expect(details).toMatchObject({
    reason: "TARGETING_MATCH",
    split: { unit: "jon", share: { on: 0.5, off: 0.5 } },
  });
  expect(evaluate({ targeting: half })).toEqual({
    value: false,
    variant: "off",
    reason: "DEFAULT",
    flagMetadata,
  });
});

test("a null bucket is the default variant, with the split", () => {
  const targeting = { fractional: ["jon", [null, 1]] };
  expect(evaluate({ targeting })).toMatchObject({
    value: false,
    variant: "off",
    reason: "DEFAULT",
    split: { unit: "jon", share: { off: 1 } },
  });
});

test.each<[string, Partial<FlagDefinition>]>([
  ["no variant", { targeting: { fractional: ["jon", ["maybe"]] } }],
  ["a value of another type", { targeting: half, variants: { on: 1, off: 0 } }],
])("an evaluation that failed for %s has no split", (_, flag) => {
  const details = evaluate(flag, false, { targetingKey: "jon" });
  expect(details.reason).toBe("ERROR");
  expect(details.split).toBeUndefined();
});

test.each(["constructor", "__proto__", "toString", "hasOwnProperty"])(
  "%s is a flag, and a variant, only where the set has it",
  (name) => {
    expect(createRuleset({ flags: {} }).evaluate(name, 1, {})).toMatchObject({
      value: 1,
      errorCode: "FLAG_NOT_FOUND",
    });
    const flag = `{"state":"ENABLED","variants":{"${name}":2},"defaultVariant":"${name}"}`;
    const own = createRuleset(JSON.parse(`{"flags":{"${name}":${flag}}}`));
    expect(own.evaluate(name, 1, {})).toMatchObject({ value: 2, variant: name, reason: "STATIC" });
  },
);

test("a rule reads the time it is given, or the clock's", () => {
  const targeting = { if: [{ ">=": [{ var: "$flagd.timestamp" }, 100] }, "on"] };
  const ruleset = createRuleset({ flags: { beta: ruled(targeting) } });
  vi.useFakeTimers({ now: 100_000, toFake: ["Date"] });
  expect(ruleset.evaluate("beta", false, {}, 99_999).value).toBe(false);
  expect(ruleset.evaluate("beta", false, {}).value).toBe(true);
});

test("the details of a variant are the same object on every read", () => {
  const ruleset = createRuleset({ flags: { beta: onOff, ruled: ruled({ if: [true, "on"] }) } });
  for (const key of ["beta", "ruled"]) {
    const details = ruleset.evaluate(key, false, {});
    expect(ruleset.evaluate(key, false, { other: "context" })).toBe(details);
    expect(Object.isFrozen(details)).toBe(true);
  }
});

test("values are frozen all the way down; the caller's document is not", () => {
  const theme = { colors: { accent: "red" }, sizes: [1, 2] };
  const flagSet: FlagSet = {
    flags: { theme: { state: "ENABLED", variants: { theme }, defaultVariant: "theme" } },
    metadata: { version: 1 },
  };
  const { value, flagMetadata } = createRuleset(flagSet).evaluate("theme", theme, {});
  expect(value).toEqual(theme);
  expect([value, value.colors, value.sizes, flagMetadata].every(Object.isFrozen)).toBe(true);
  expect([theme, theme.colors, theme.sizes, flagSet.metadata].some(Object.isFrozen)).toBe(false);
  theme.colors.accent = "blue";
  expect(value.colors.accent).toBe("red");
});

test("what makes one set of another are the flags that are new, gone or changed, and no others", () => {
  const before = createRuleset({
    flags: { same: onOff, gone: onOff, changed: onOff, constructor: onOff },
    $evaluators: { staff: true },
  });
  const after = {
    $evaluators: { staff: true },
    flags: {
      changed: { ...onOff, defaultVariant: "on" },
      same: { defaultVariant: "off", variants: { off: false, on: true }, state: "ENABLED" },
      added: onOff,
    },
  } as const;
  const delta = before.deltaTo(after);
  expect(delta.flags).toEqual({
    put: { changed: after.flags.changed, added: onOff },
    remove: ["gone", "constructor"],
  });
  expect([...before.keysChangedBy(delta)].sort()).toEqual([
    "added",
    "changed",
    "constructor",
    "gone",
  ]);
  expect(before.apply(delta).flagSet).toEqual({ ...after });
  expect(before.keysChangedBy(before.deltaTo(before.flagSet))).toEqual([]);
});

test("a changed shared rule changes the flags that use it, through others, too", () => {
  const flags = {
    plain: onOff,
    direct: ruled({ if: [{ $ref: "staff" }, "on"] }),
    through: ruled({ if: [{ $ref: "insiders" }, "on"] }),
    other: ruled({ if: [{ $ref: "beta" }, "on"] }),
  };
  const $evaluators = { staff: false, insiders: { or: [{ $ref: "staff" }] }, beta: true };
  const before = createRuleset({ flags, $evaluators });
  const values = (ruleset: typeof before) =>
    Object.keys(flags).map((key) => ruleset.evaluate(key, false, {}).value);
  expect(values(before)).toEqual([false, false, false, true]);

  const delta = { evaluators: { put: { staff: true, beta: true } } };
  expect(before.keysChangedBy(delta)).toEqual(["direct", "through"]);
  expect(values(before.apply(delta))).toEqual([false, true, true, true]);
  expect(values(before)).toEqual([false, false, false, true]);
});

test("a shared rule that goes breaks its users, and one that comes mends them", () => {
  const flags = { beta: ruled({ if: [{ $ref: "staff" }, "on"] }) };
  const before = createRuleset({ flags, $evaluators: { staff: true } });
  const without = before.apply({ evaluators: { remove: ["staff"] } });
  expect(without.evaluate("beta", false, {}).errorCode).toBe("PARSE_ERROR");
  const again = without.apply({ evaluators: { put: { staff: true } } });
  expect(again.evaluate("beta", false, {}).value).toBe(true);
});

test("a flag that a change leaves alone keeps its compiled form", () => {
  const before = createRuleset({
    flags: { static: onOff, ruled: ruled({ if: [true, "on"] }), changed: onOff },
    $evaluators: { staff: true },
  });
  const details = ["static", "ruled"].map((key) => before.evaluate(key, false, {}));
  const after = before.apply({
    flags: { put: { changed: ruled(null), static: { ...onOff } } },
    evaluators: { put: { staff: false } },
  });
  expect(after.evaluate("static", false, {})).toBe(details[0]);
  expect(after.evaluate("ruled", false, {})).toBe(details[1]);
});

test("other metadata of the set reach every flag's details", () => {
  const before = createRuleset({ flags: { beta: onOff }, metadata: { version: "1" } });
  before.evaluate("beta", false, {});
  const after = before.apply({ metadata: { version: "2" } });
  expect(after.evaluate("beta", false, {}).flagMetadata).toEqual({ version: "2" });
  expect(before.evaluate("beta", false, {}).flagMetadata).toEqual({ version: "1" });
  expect(after.flagSet.metadata).toEqual({ version: "2" });
});

test("all flags are decided at once as they are one by one", () => {
  const ruleset = createRuleset({
    flags: {
      off: { ...onOff, state: "DISABLED" },
      plain: onOff,
      split: ruled({
        fractional: [
          ["on", 1],
          ["off", 1],
        ],
      }),
      broken: ruled({ nope: [] }),
    },
  });
  const context = { targetingKey: "jon" };
  const all = ruleset.evaluateAll(context);
  expect([...all.keys()]).toEqual(["off", "plain", "split", "broken"]);
  for (const [key, details] of all) {
    expect(details).toEqual(ruleset.evaluate(key, undefined, context));
  }
});

const { rule } = fc.letrec<{ rule: JsonValue }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<JsonValue>("on", "off", null, true, 0, 1, "", {}, [], { $ref: "shared" }),
    fc
      .constantFrom("plan", "targetingKey", "list", "", "$flagd.timestamp")
      .map((path) => ({ var: path })),
    fc
      .tuple(
        fc.constantFrom(
          ...["if", "and", "or", "!", "!!", "==", "!=", "===", "!==", "<", "<=", ">", ">=", "in"],
          ...["var", "starts_with", "ends_with", "fractional"],
        ),
        fc.array(tie("rule"), { maxLength: 4 }),
      )
      .map(([operator, args]) => ({ [operator]: args })),
    fc.array(tie("rule"), { maxLength: 2 }),
  ),
}));

const context = fc.oneof(
  fc.record({ targetingKey: fc.jsonValue(), plan: fc.jsonValue(), list: fc.jsonValue() }),
  fc.jsonValue(),
) as fc.Arbitrary<EvaluationContext>;

test("no rule and no context makes an evaluation throw, and it depends on nothing else", () => {
  const targeting = fc.oneof(rule, fc.jsonValue() as fc.Arbitrary<JsonValue>);
  fc.assert(
    fc.property(
      targeting,
      targeting,
      context,
      fc.date({ noInvalidDate: true }),
      (rule, shared, context, date) => {
        const flagSet: FlagSet = { flags: { beta: ruled(rule) }, $evaluators: { shared } };
        const ruleset = createRuleset(flagSet);
        const details = ruleset.evaluate("beta", false, context, date.getTime());
        expect(typeof details.value).toBe("boolean");
        expect(ruleset.evaluate("beta", false, context, date.getTime())).toEqual(details);
        expect(
          createRuleset(structuredClone(flagSet)).evaluate(
            "beta",
            false,
            structuredClone(context),
            date.getTime(),
          ),
        ).toEqual(details);
      },
    ),
    { numRuns: 1000 },
  );
});

test.each([
  {},
  { flags: [] },
  { flags: { beta: null } },
  { flags: { beta: { state: "ENABLED" } } },
])("a set that nobody has checked, %j, never makes a read throw", (set) => {
  const ruleset = createRuleset(set as never);
  expect(ruleset.evaluate("beta", true, {})).toMatchObject({ value: true, reason: "ERROR" });
});
