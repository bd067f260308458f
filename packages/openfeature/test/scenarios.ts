import { defineFlags, type FlagDefinition, type FlagSet, type JsonValue } from "@burgee/core";

/** A flag that gives staff its first variant, and all others the second. */
function forStaff(variants: Readonly<Record<string, JsonValue>>): FlagDefinition {
  const [first, second] = Object.keys(variants) as [string, string];
  const targeting = { if: [{ ends_with: [{ var: "email" }, "@burgee.example"] }, first] };
  return { state: "ENABLED", variants, defaultVariant: second, targeting };
}

function fixed(variants: Readonly<Record<string, JsonValue>>): FlagDefinition {
  return { state: "ENABLED", variants, defaultVariant: Object.keys(variants)[0] as string };
}

const onOff = { on: true, off: false };
const sale = { title: "Sale", items: [1, 2] };

/** Flags of every type, for every way in which one can be decided. */
export const set = {
  metadata: { flagSetId: "shop", version: "7" },
  flags: {
    boolean: fixed(onOff),
    string: fixed({ greeting: "hello", parting: "goodbye" }),
    integer: fixed({ ten: 10, one: 1 }),
    float: fixed({ half: 0.5, tenth: 0.1 }),
    object: fixed({ sale, none: {} }),
    list: fixed({ sizes: ["s", "m"], none: [] }),
    "zero-boolean": fixed({ off: false, on: true }),
    "zero-string": fixed({ empty: "", full: "full" }),
    "zero-integer": fixed({ zero: 0, one: 1 }),
    "zero-float": fixed({ zero: 0.0, half: 0.5 }),
    "zero-object": fixed({ empty: {}, full: sale }),
    "boolean-for-staff": forStaff({ off: false, on: true }),
    "string-for-staff": forStaff({ empty: "", full: "full" }),
    "integer-for-staff": forStaff({ zero: 0, one: 1 }),
    "float-for-staff": forStaff({ zero: 0.0, half: 0.5 }),
    "object-for-staff": forStaff({ empty: {}, full: sale }),
    "by-several": {
      ...fixed({ external: "EXTERNAL", internal: "INTERNAL" }),
      targeting: {
        if: [
          { and: [{ "!": { var: "customer" } }, { ">": [{ var: "age" }, 18] }, { var: "role" }] },
          "internal",
        ],
      },
    },
    "by-percentage": { ...fixed(onOff), targeting: { fractional: [["on", 1]] } },
    "with-metadata": {
      ...fixed(onOff),
      metadata: { owner: "payments", weight: 2, share: 0.1, live: true },
    },
    "boolean-disabled": { ...fixed(onOff), state: "DISABLED" },
    "string-disabled": { ...fixed({ a: "a", b: "b" }), state: "DISABLED" },
    "null-default": { ...fixed({ a: "a", b: "b" }), defaultVariant: null },
    "no-default": { state: "ENABLED", variants: { small: 10, large: 50 } },
    "no-default-for-staff": { ...forStaff({ a: "a", b: "b" }), defaultVariant: null },
    "broken-rule": { ...fixed(onOff), targeting: { no_such_operator: [] } },
    "broken-name": { ...fixed(onOff), targeting: { if: [true, "maybe"] } },
  },
} as const satisfies FlagSet;

/** What is asked, and what OpenFeature's caller is to see. */
export interface Scenario {
  readonly key: string;
  readonly defaultValue: JsonValue;
  readonly context?: Readonly<Record<string, string | number | boolean | null>>;
  readonly value: JsonValue;
  readonly variant?: string | undefined;
  readonly reason: string;
  readonly errorCode?: string;
}

const staff = { email: "ada@burgee.example" };
const guest = { email: "bob@example.com" };

/** Every way in which the rules of the set decide. */
export const decided: readonly Scenario[] = [
  { key: "boolean", defaultValue: false, value: true, variant: "on", reason: "STATIC" },
  { key: "string", defaultValue: "?", value: "hello", variant: "greeting", reason: "STATIC" },
  { key: "integer", defaultValue: 1, value: 10, variant: "ten", reason: "STATIC" },
  { key: "float", defaultValue: 0.1, value: 0.5, variant: "half", reason: "STATIC" },
  { key: "object", defaultValue: {}, value: sale, variant: "sale", reason: "STATIC" },
  { key: "list", defaultValue: [], value: ["s", "m"], variant: "sizes", reason: "STATIC" },
  { key: "zero-boolean", defaultValue: true, value: false, variant: "off", reason: "STATIC" },
  { key: "zero-string", defaultValue: "?", value: "", variant: "empty", reason: "STATIC" },
  { key: "zero-integer", defaultValue: 1, value: 0, variant: "zero", reason: "STATIC" },
  { key: "zero-float", defaultValue: 0.1, value: 0, variant: "zero", reason: "STATIC" },
  { key: "zero-object", defaultValue: { a: 1 }, value: {}, variant: "empty", reason: "STATIC" },
  ...[staff, guest, {}, { email: null }].flatMap((context): Scenario[] => {
    const matches = context === staff;
    const reason = matches ? "TARGETING_MATCH" : "DEFAULT";
    const [of, zero] = [(key: string) => `${key}-for-staff`, matches ? "zero" : undefined];
    const empty = matches ? "empty" : "full";
    return [
      { key: of("boolean"), defaultValue: true, value: !matches, variant: matches ? "off" : "on" },
      { key: of("string"), defaultValue: "?", value: matches ? "" : "full", variant: empty },
      { key: of("integer"), defaultValue: 7, value: matches ? 0 : 1, variant: zero ?? "one" },
      { key: of("float"), defaultValue: 0.7, value: matches ? 0 : 0.5, variant: zero ?? "half" },
      { key: of("object"), defaultValue: { a: 1 }, value: matches ? {} : sale, variant: empty },
    ].map((scenario) => ({ ...scenario, context, reason }));
  }),
  {
    key: "by-several",
    defaultValue: "?",
    context: { ...staff, role: "admin", age: 65, customer: false },
    value: "INTERNAL",
    variant: "internal",
    reason: "TARGETING_MATCH",
  },
  {
    key: "by-percentage",
    defaultValue: false,
    context: { targetingKey: "ada" },
    value: true,
    variant: "on",
    reason: "TARGETING_MATCH",
  },
  {
    key: "no-default-for-staff",
    defaultValue: "b",
    context: staff,
    value: "a",
    variant: "a",
    reason: "TARGETING_MATCH",
  },
];

/** Every way in which they leave it to the caller's default. */
export const undecided: readonly Scenario[] = [
  { key: "boolean-disabled", defaultValue: false, value: false, reason: "DISABLED" },
  { key: "string-disabled", defaultValue: "b", value: "b", reason: "DISABLED" },
  { key: "null-default", defaultValue: "b", value: "b", reason: "DEFAULT" },
  { key: "no-default", defaultValue: 50, value: 50, reason: "DEFAULT" },
  { key: "no-default-for-staff", defaultValue: "b", context: guest, value: "b", reason: "DEFAULT" },
];

function error(errorCode: string, key: string, defaultValue: JsonValue): Scenario {
  return { key, defaultValue, value: defaultValue, reason: "ERROR", errorCode };
}

/** Every way in which they fail. */
export const failing: readonly Scenario[] = [
  ...[false, "?", 1, 0.1, { a: 1 }].map((value) => error("FLAG_NOT_FOUND", "no-such-flag", value)),
  error("FLAG_NOT_FOUND", "__proto__", false),
  error("FLAG_NOT_FOUND", "constructor", {}),
  error("TYPE_MISMATCH", "boolean", "?"),
  error("TYPE_MISMATCH", "boolean", 1),
  error("TYPE_MISMATCH", "string", false),
  error("TYPE_MISMATCH", "string", 1),
  error("TYPE_MISMATCH", "string", {}),
  error("TYPE_MISMATCH", "object", "?"),
  error("PARSE_ERROR", "broken-rule", false),
  error("GENERAL", "broken-name", false),
];

/** The flags of the set, defined in code, each with the default that the scenarios have for it. */
export const definitions = defineFlags(
  Object.fromEntries(
    Object.entries<FlagDefinition>(set.flags).map(([key, { variants }]) => {
      const asked = [...undecided, ...failing].find((scenario) => scenario.key === key);
      const names = Object.keys(variants);
      const same = names.find((name) => variants[name] === asked?.defaultValue);
      return [key, { default: same ?? (names[1] as string), variants }];
    }),
  ),
);
