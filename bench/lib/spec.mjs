/**
 * The flags and contexts that every system is given: one neutral spec, which each adapter
 * translates into its system's own document.
 *
 * @typedef {object} Condition
 * @property {string} attr
 * @property {"eq" | "in" | "startsWith" | "endsWith" | "semverGte"} op
 * @property {string} [value]
 * @property {string[]} [values] for `in`
 *
 * @typedef {object} Rule
 * @property {Condition[]} all
 * @property {string} serve the variant served where all conditions hold
 *
 * @typedef {object} Flag
 * @property {string} key
 * @property {"w1" | "w2" | "w3" | "w4"} kind
 * @property {"boolean" | "string"} type
 * @property {(boolean | string)[]} variants
 * @property {boolean | string} default
 * @property {Rule[]} rules the first that holds decides
 * @property {{ pct: number, by: string, value: boolean }} [rollout]
 *
 * @typedef {{ userId: string, email: string, country: string, plan: string, appVersion: string }} Context
 */

const kinds = /** @type {const} */ (["w1", "w2", "w3", "w4"]);

/** The key of a flag that no document has. */
export const missing = "flag-does-not-exist";

const countriesIn = ["DE", "FR", "IT", "ES", "NL", "BE", "AT", "PL", "SE", "DK"];
const countriesOut = ["US", "CA", "BR", "JP", "IN", "AU", "GB", "CH", "NO", "MX"];

/**
 * The flags 0, 1, 2 … of the spec, of four kinds in turn: w1 static, w2 one rule of two conditions,
 * w3 a sticky rollout to 25 %, w4 ten rules of which the last holds.
 *
 * @param {number} count
 * @returns {Flag[]}
 */
export function makeFlags(count) {
  return Array.from({ length: count }, (_, index) => makeFlag(index));
}

/** A text as a program has it: V8 keeps one copy of all literals and property names that are alike. */
function interned(/** @type {string} */ text) {
  return Object.keys({ [text]: true })[0];
}

/** @returns {Flag} */
function makeFlag(/** @type {number} */ index) {
  const kind = kinds[index % kinds.length];
  const key = interned(`flag-${kind}-${String(index).padStart(5, "0")}`);
  switch (kind) {
    case "w1":
      return { key, kind, type: "boolean", variants: [true, false], default: true, rules: [] };
    case "w2":
      return { key, kind, type: "string", variants: ["A", "B"], default: "A", rules: [oneRule] };
    case "w3":
      return {
        key,
        kind,
        type: "boolean",
        variants: [true, false],
        default: false,
        rules: [],
        rollout: { pct: 25, by: "userId", value: true },
      };
    default: {
      const rules = tenRules(index);
      const variants = ["v0", ...rules.map(({ serve }) => serve)];
      return { key, kind: "w4", type: "string", variants, default: "v0", rules };
    }
  }
}

/** @type {Rule} */
const oneRule = {
  all: [
    { attr: "country", op: "in", values: countriesIn },
    { attr: "plan", op: "eq", value: "pro" },
  ],
  serve: "B",
};

/** @returns {Rule[]} */
function tenRules(/** @type {number} */ index) {
  /** @type {Condition[]} */
  const conditions = [
    { attr: "plan", op: "eq", value: `legacy-${index}` },
    { attr: "country", op: "in", values: ["AQ", "BV", "HM", "TF", "GS"] },
    { attr: "email", op: "endsWith", value: `@internal-${index}.example.net` },
    { attr: "email", op: "startsWith", value: `qa-${index}+` },
    { attr: "appVersion", op: "semverGte", value: "9.0.0" },
    { attr: "plan", op: "eq", value: `trial-${index}` },
    { attr: "country", op: "in", values: ["KP", "PN", "TK", "NU", "WF"] },
    { attr: "email", op: "endsWith", value: `.test-${index}` },
    { attr: "userId", op: "startsWith", value: `bot-${index}-` },
    { attr: "appVersion", op: "semverGte", value: "2.0.0" },
  ];
  return conditions.map((condition, rule) => ({ all: [condition], serve: `v${rule + 1}` }));
}

const names = [
  "ada",
  "grace",
  "alan",
  "edsger",
  "barbara",
  "donald",
  "ken",
  "dennis",
  "margaret",
  "linus",
];
const plans = ["pro", "free", "pro", "enterprise"];

/**
 * Contexts, all different; the rule of w2 holds for about a quarter of them.
 *
 * @param {number} count
 * @returns {Context[]}
 */
export function makeContexts(count) {
  return Array.from({ length: count }, (_, index) => {
    if (index === 0) {
      return {
        userId: "user-123",
        email: "ada@example.com",
        country: "DE",
        plan: "pro",
        appVersion: "2.4.1",
      };
    }
    return {
      userId: `user-${1000 + index * 7}`,
      email: `${names[index % 10]}.${index}@example.com`,
      country: [...countriesIn, ...countriesOut][index % 20],
      plan: plans[(index >> 2) % 4],
      appVersion: `2.${index % 10}.${(index * 3) % 10}`,
    };
  });
}

/**
 * The right value of a flag; undefined for a rollout, which each system splits by a hash of its own.
 *
 * @param {Flag} flag
 * @param {Context} context
 */
export function expected(flag, context) {
  if (flag.rollout !== undefined) return undefined;
  const rule = flag.rules.find(({ all }) => all.every((condition) => holds(condition, context)));
  return rule === undefined ? flag.default : rule.serve;
}

/** @param {Condition} condition @param {Context} context */
function holds({ attr, op, value = "", values = [] }, context) {
  const actual = context[attr];
  switch (op) {
    case "eq":
      return actual === value;
    case "in":
      return values.includes(actual);
    case "startsWith":
      return actual.startsWith(value);
    case "endsWith":
      return actual.endsWith(value);
    case "semverGte":
      return actual.localeCompare(value, "en", { numeric: true }) >= 0;
    default:
      throw new Error(`no operator: ${op}`);
  }
}

/** A `startsWith` or `endsWith` as a regular expression, for the systems that have neither. */
export function patternOf(/** @type {Condition} */ { op, value = "" }) {
  const literal = value.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return op === "startsWith" ? `^${literal}` : `${literal}$`;
}
