import {
  createFlags,
  defineFlags,
  type FlagDefinition,
  type FlagSource,
  type JsonValue,
} from "@burgee/core";
import { type EvaluationEventOptions, flagTelemetry } from "@burgee/opentelemetry";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Sdk, startSdk } from "./sdk.js";
import { breaches } from "./semantic-conventions.js";

const definitions = defineFlags({
  "new-checkout": { default: false, maxStaleness: 0 },
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"], maxStaleness: 0 },
  "page-layout": {
    default: "plain",
    variants: { plain: { columns: 1 }, wide: { columns: 3 } },
    maxStaleness: 0,
  },
});

type Key = keyof typeof definitions;

/** Each serves another variant than the definition's default. */
const documents: Record<Key, FlagDefinition & { readonly defaultVariant: string }> = {
  "new-checkout": {
    state: "ENABLED",
    variants: { on: true, off: false },
    defaultVariant: "on",
  },
  "search-ranking": {
    state: "ENABLED",
    variants: { bm25: "bm25", hybrid: "hybrid" },
    defaultVariant: "hybrid",
  },
  "page-layout": {
    state: "ENABLED",
    variants: { plain: { columns: 1 }, wide: { columns: 3 } },
    defaultVariant: "wide",
  },
};

/** How a flag comes to be served: what is done to its document, and what then is said of it. */
interface Situation {
  readonly reason: string;
  readonly errorType?: string;
  readonly change?: (flag: FlagDefinition, other: string) => FlagDefinition | undefined;
  readonly source?: "silent" | "out";
  readonly overridden?: boolean;
}

const ruled =
  (ruleFor: (variant: string) => JsonValue) =>
  (flag: FlagDefinition, other: string): FlagDefinition => ({ ...flag, targeting: ruleFor(other) });

const situations: readonly Situation[] = [
  { reason: "static" },
  { reason: "targeting_match", change: ruled((variant) => ({ if: [true, variant] })) },
  { reason: "targeting_match", overridden: true },
  { reason: "default", change: ruled(() => ({ if: [false, "x"] })) },
  { reason: "split", change: ruled((variant) => ({ fractional: [[variant, 100]] })) },
  { reason: "disabled", change: (flag) => ({ ...flag, state: "DISABLED" }) },
  { reason: "stale", source: "out" },
  { reason: "error", errorType: "provider_not_ready", source: "silent" },
  { reason: "error", errorType: "flag_not_found", change: () => undefined },
  { reason: "error", errorType: "parse_error", change: ruled(() => ({ fly: [] })) },
  { reason: "error", errorType: "general", change: ruled(() => ({ var: "targetingKey" })) },
  {
    reason: "error",
    errorType: "type_mismatch",
    change: (flag) => ({ ...flag, variants: { odd: 7 }, defaultVariant: "odd" }),
  },
];

const evaluation = fc.record({
  situation: fc.constantFrom(...situations),
  key: fc.constantFrom(...(Object.keys(definitions) as Key[])),
  context: fc.record({ targetingKey: fc.emailAddress(), plan: fc.string() }),
  metadata: fc.dictionary(
    fc.constantFrom("flagSetId", "version", "owner"),
    fc.oneof(fc.string({ minLength: 1 }), fc.integer(), fc.boolean()),
  ),
  asked: fc.record(
    { value: fc.boolean(), contextId: fc.constant((key: string) => `of ${key.length}`) },
    { requiredKeys: [] },
  ) as fc.Arbitrary<EvaluationEventOptions>,
});

type Evaluation = typeof evaluation extends fc.Arbitrary<infer Of> ? Of : never;

/** The event of an evaluation by real flags. */
function eventOf(sdk: Sdk, { situation, key, context, metadata, asked }: Evaluation) {
  const flag = { ...documents[key], metadata };
  const other = flag.defaultVariant;
  const changed = situation.change === undefined ? flag : situation.change(flag, other);
  let time = Date.now();
  const flags = createFlags(definitions, {
    source: sourceOf(changed === undefined ? {} : { [key]: changed }, situation.source),
    now: () => time++,
  });
  flags.observe({ problem() {} });
  const stop = flagTelemetry(flags, { event: asked });
  const before = sdk.records().length;
  const overrides = situation.overridden === true ? { overrides: { [key]: other } } : {};
  flags.scope(context, overrides).get(key);
  stop();
  flags.close();
  const [event, ...more] = sdk.records().slice(before) as ReadableLogRecord[];
  expect(more).toEqual([]);
  return event as ReadableLogRecord;
}

function sourceOf(flags: Record<string, FlagDefinition>, state: Situation["source"]): FlagSource {
  return {
    subscribe(sink) {
      if (state === "silent") return () => {};
      sink.next({ id: "7f3a", flagSet: { flags } });
      if (state === "out") sink.problem(new Error("out"));
      return () => {};
    },
  };
}

test("200 evaluations, of each reason and each error, keep to the semantic conventions", () => {
  const sdk = startSdk();
  const seen = new Set<Situation>();
  fc.assert(
    fc.property(evaluation, (one) => {
      const event = eventOf(sdk, one);
      expect(breaches(event, one.asked)).toEqual([]);
      expect(event.attributes).toMatchObject({
        "feature_flag.key": one.key,
        "feature_flag.result.reason": one.situation.reason,
      });
      expect(event.attributes["error.type"]).toBe(one.situation.errorType);
      expect(JSON.stringify(event.attributes)).not.toContain(one.context.targetingKey);
      seen.add(one.situation);
    }),
    { numRuns: 200, examples: situations.map((situation) => [exampleOf(situation)]) },
  );
  expect(seen.size).toBe(situations.length);
});

function exampleOf(situation: Situation): Evaluation {
  const context = { targetingKey: "ada@example.com", plan: "pro" };
  return { situation, key: "new-checkout", context, metadata: {}, asked: {} };
}

const sound = {
  "feature_flag.key": "new-checkout",
  "feature_flag.result.variant": "on",
  "feature_flag.result.reason": "static",
};
const failed = {
  ...sound,
  "feature_flag.result.reason": "error",
  "error.type": "general",
};

test.each([
  ["another name", { eventName: "feature_flag", attributes: sound }],
  ["no key", { attributes: { ...sound, "feature_flag.key": undefined } }],
  ["an attribute of older conventions", { attributes: { ...sound, "feature_flag.variant": "on" } }],
  ["a number for a version", { attributes: { ...sound, "feature_flag.version": 7 } }],
  ["a reason in upper case", { attributes: { ...sound, "feature_flag.result.reason": "STATIC" } }],
  ["an error without a type", { attributes: { ...failed, "error.type": undefined } }],
  ["a type without an error", { attributes: { ...sound, "error.type": "general" } }],
  ["a type of its own", { attributes: { ...failed, "error.type": "PARSE_ERROR" } }],
  [
    "a message that says the type",
    { attributes: { ...failed, "feature_flag.error.message": "general" } },
  ],
  ["a value nobody asked for", { attributes: { ...sound, "feature_flag.result.value": true } }],
  [
    "who asked, which nobody wanted",
    { attributes: { ...sound, "feature_flag.context.id": "ada" } },
  ],
  [
    "neither variant nor value",
    { attributes: { ...sound, "feature_flag.result.variant": undefined } },
  ],
] as const)("the checker sees %s", (_what, event) => {
  const { attributes, eventName = "feature_flag.evaluation" } = { eventName: undefined, ...event };
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  expect(breaches({ eventName, attributes: Object.fromEntries(given) }, {})).not.toEqual([]);
});

test.each([sound, failed])("the checker has nothing to say of a sound event", (attributes) => {
  expect(breaches({ eventName: "feature_flag.evaluation", attributes }, {})).toEqual([]);
});
