import {
  after,
  attr,
  createFlags,
  createRuleset,
  defineFlags,
  type EvaluationContext,
  type FlagSet,
  flagSet,
  inSegment,
  percent,
  progressive,
  when,
} from "@burgee/core";

const definitions = defineFlags({
  half: { default: false },
  company: { default: "small", variants: ["small", "large"] },
  version: { default: false },
  date: { default: false },
  ramp: { default: false },
  segment: { default: false },
  lists: { default: "none", variants: ["none", "some", "6"] },
  texts: { default: "no", variants: ["no", "naïve-π", "-π"] },
  broken: { default: false },
  fails: { default: false },
  page: { default: "small", variants: { small: { size: 10 }, large: { size: 50 } } },
});

const built = flagSet(
  definitions,
  {
    half: { targeting: percent({ on: 50 }) },
    company: { targeting: percent({ large: 33.3 }, { by: "company" }) },
    version: { targeting: when(attr("version").version("^", "2.1.0"), "on") },
    date: { targeting: when(after("2027-01-04T09:00:00Z"), "on") },
    ramp: {
      targeting: progressive("on", [
        { at: "2027-01-01T00:00:00Z", percent: 0 },
        { at: "2027-02-01T00:00:00Z", percent: 100 },
      ]),
    },
    segment: { targeting: when(inSegment("staff"), "on") },
  },
  { segments: { staff: attr("email").endsWith("@example.com") }, metadata: { version: 7 } },
);

const document: FlagSet = {
  ...built,
  flags: {
    ...built.flags,
    lists: {
      ...built.flags["lists"],
      targeting: {
        if: [
          { some: [{ var: "roles" }, { "==": [{ var: "" }, "admin"] }] },
          { reduce: [[1, 2, 3], { "+": [{ var: "accumulator" }, { var: "current" }] }, 0] },
          { if: [{ var: "roles.0" }, "some"] },
        ],
      },
    },
    texts: {
      ...built.flags["texts"],
      targeting: { substr: [{ cat: ["naïve", "-", { var: "letter" }] }, { var: "from" }] },
    },
    broken: { ...built.flags["broken"], targeting: { "no such operator": [] } },
    fails: { ...built.flags["fails"], targeting: { "/": [{ var: "one" }, 0] } },
    page: { ...built.flags["page"], targeting: { if: [{ var: "large" }, "large"] } },
  },
} as FlagSet;

const contexts: readonly EvaluationContext[] = [
  {},
  { targetingKey: "jon", version: "2.3.0", email: "jon@example.com", company: "acme", large: true },
  { targetingKey: "ada", version: "v2", roles: ["editor"], company: "Łódź", letter: "π", from: 0 },
  { targetingKey: "乐-😀", roles: ["admin", "editor"], company: 7, letter: "π", from: -2, one: 1 },
  { targetingKey: "\ud800", version: new Date(0), born: 10n, large: new Map() },
];

const moments = ["2027-01-04T08:59:59Z", "2027-01-16T12:00:00Z"].map((text) => Date.parse(text));

/** What every flag is for every context, through a ruleset and through a scope. */
export function answers() {
  const ruleset = createRuleset(document);
  const flags = createFlags(definitions, {
    source: {
      subscribe(sink) {
        sink.next({ id: "1", flagSet: document });
        return () => {};
      },
    },
  });
  const seen: string[] = [];
  flags.observe({
    exposure: ({ flag, variant }) => seen.push(`${flag}=${variant}`),
    problem: ({ flag, code }) => seen.push(`${flag}: ${code}`),
  });
  const keys = Object.keys(definitions) as (keyof typeof definitions)[];
  const evaluated = moments.flatMap((now) =>
    contexts.flatMap((context) =>
      keys.map((key) => ruleset.evaluate<unknown>(key, undefined, context, now)),
    ),
  );
  const scoped = contexts.map((context) => {
    const scope = flags.scope(context);
    const values = keys.filter((key) => key !== "ramp").map((key) => scope.get(key));
    scope.settle();
    return values;
  });
  flags.close();
  return { evaluated, scoped, seen: seen.filter((exposure) => !exposure.startsWith("ramp")) };
}
