import { detailsOf, isAtLeast, loadLimit, prepare, splitOf } from "../lib/limit.mjs";
import { murmur3 } from "../lib/murmur3.mjs";

/** The limit of an evaluator that generates no code: the same closures, the attribute's name as data. */
export const meta = {
  name: "limit: keyed closures",
  packages: [],
  api: "map.get(key)(context)",
  notes: "the names of the attributes as data: what an evaluator without code generation can reach",
};

export { prepare };

export async function load(document) {
  return loadLimit(document, compile);
}

/** @returns {import("../lib/limit.mjs").Closure} */
function compile(/** @type {import("../lib/spec.mjs").Flag} */ flag) {
  const details = detailsOf(flag);
  const otherwise = details[String(flag.default)];
  switch (flag.kind) {
    case "w1":
      return () => otherwise;
    case "w2": {
      const [first, second] = flag.rules[0].all.map(testOf);
      const hit = details.B;
      return (context) => (first(context) && second(context) ? hit : otherwise);
    }
    case "w3": {
      const { seed, end } = splitOf(flag);
      const { by } = flag.rollout;
      const hit = details.true;
      return (context) => (murmur3(context[by], seed) < end ? hit : otherwise);
    }
    default: {
      const tests = flag.rules.map(({ all }) => testOf(all[0]));
      const hits = flag.rules.map(({ serve }) => details[serve]);
      const count = tests.length;
      return (context) => {
        for (let index = 0; index < count; index++) if (tests[index](context)) return hits[index];
        return otherwise;
      };
    }
  }
}

/** @returns {(context: import("../lib/spec.mjs").Context) => boolean} */
function testOf(/** @type {import("../lib/spec.mjs").Condition} */ { attr, op, value, values }) {
  switch (op) {
    case "eq":
      return (context) => context[attr] === value;
    case "in": {
      const set = new Set(values);
      return (context) => set.has(context[attr]);
    }
    case "endsWith":
      return (context) => context[attr].endsWith(value);
    case "startsWith":
      return (context) => context[attr].startsWith(value);
    default: {
      const [major, minor, patch] = value.split(".").map(Number);
      return (context) => isAtLeast(context[attr], major, minor, patch);
    }
  }
}
