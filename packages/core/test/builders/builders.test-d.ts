import {
  after,
  all,
  any,
  attr,
  type Condition,
  defineFlags,
  type FlagSet,
  flagSet,
  inSegment,
  type JsonValue,
  not,
  percent,
  progressive,
  type Rule,
  when,
} from "@burgee/core";
import { expectTypeOf, test } from "vitest";

const definitions = defineFlags({
  "new-checkout": { default: false },
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"] },
  "page-size": { default: "small", variants: { small: 10, large: 50 } },
});
const pro = attr("plan").is("pro");
const steps = [{ at: "2027-01-04", percent: 10 }] as const;

test("a rule is typed by the variants it gives", () => {
  expectTypeOf(when(pro, "on")).toEqualTypeOf<Rule<"on">>();
  expectTypeOf(percent({ on: 10 })).toEqualTypeOf<Rule<"on">>();
  expectTypeOf(percent({ bm25: 5, hybrid: 5 }, { by: "company" })).toEqualTypeOf<
    Rule<"bm25" | "hybrid">
  >();
  expectTypeOf(progressive("on", steps)).toEqualTypeOf<Rule<"on">>();
  expectTypeOf(when(pro, percent({ on: 10 }))).toEqualTypeOf<Rule<"on">>();
  expectTypeOf(when(inSegment("beta"), when(pro, "on"))).toEqualTypeOf<Rule<"on">>();
});

test("conditions are conditions, and rules are none", () => {
  expectTypeOf(all(pro, any(after(new Date(0)), not(pro)))).toEqualTypeOf<Condition>();
  // @ts-expect-error: a rule
  all(percent({ on: 10 }));
  // @ts-expect-error: no condition at all
  any();
});

test("rules and conditions are JSON", () => {
  expectTypeOf(when(pro, "on")).toExtend<JsonValue>();
  expectTypeOf(pro).toExtend<JsonValue>();
});

test("a flag set takes rules of its flags' own variants", () => {
  const document = flagSet(definitions, {
    "new-checkout": { targeting: [when(pro, "on"), percent({ on: 10 })], defaultVariant: "off" },
    "search-ranking": { targeting: when(pro, percent({ hybrid: 50 })), state: "DISABLED" },
    "page-size": { targeting: progressive("large", steps), metadata: { ticket: 7 } },
  });
  expectTypeOf(document).toEqualTypeOf<FlagSet>();
  flagSet({ ...definitions, ...defineFlags({ beta: { default: false } }) }, { beta: {} });
  flagSet(definitions);
});

test("a rule written elsewhere is typed by its own variants", () => {
  const rollout = percent({ on: 10 });
  flagSet(definitions, { "new-checkout": { targeting: rollout } });
  flagSet(definitions, { "new-checkout": { targeting: [when(pro, "off"), rollout] } });
  // @ts-expect-error: no variant of this flag
  flagSet(definitions, { "search-ranking": { targeting: rollout } });
});

test("a key that is not defined does not compile", () => {
  // @ts-expect-error: checkout
  flagSet(definitions, { "new-chekout": { targeting: when(pro, "on") } });
});

test("a variant that the flag does not have does not compile", () => {
  // @ts-expect-error: no such variant
  flagSet(definitions, { "new-checkout": { targeting: when(pro, "onn") } });
  // @ts-expect-error: no such variant
  flagSet(definitions, { "new-checkout": { targeting: percent({ on: 10, onn: 5 }) } });
  // @ts-expect-error: no such variant
  flagSet(definitions, { "search-ranking": { targeting: [when(pro, "on")] } });
  // @ts-expect-error: no such variant
  flagSet(definitions, { "page-size": { targeting: progressive("huge", steps) } });
  // @ts-expect-error: no such variant
  flagSet(definitions, { "page-size": { targeting: when(pro, percent({ huge: 10 })) } });
  // @ts-expect-error: no such variant
  flagSet(definitions, { "page-size": { defaultVariant: "huge" } });
});

test("JSON that no builder wrote is no rule", () => {
  // @ts-expect-error: of unknown variants
  flagSet(definitions, { "new-checkout": { targeting: { if: [true, "on"] } } });
});

test("a segment is a condition", () => {
  flagSet(definitions, {}, { segments: { isStaff: attr("email").endsWith("@example.com") } });
  // @ts-expect-error: a rule
  flagSet(definitions, {}, { segments: { isStaff: when(pro, "on") } });
});

test("an attribute is compared with what can be compared", () => {
  // @ts-expect-error: a number
  attr("age").atLeast("18");
  // @ts-expect-error: an operator of versions
  attr("appVersion").version("=>", "2.1.0");
});
