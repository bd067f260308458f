import { detailsOf, isAtLeast, loadLimit, prepare, splitOf } from "../lib/limit.mjs";
import { murmur3 } from "../lib/murmur3.mjs";

/** The physical limit: closures written by hand, with each attribute's name in their code. */
export const meta = {
  name: "limit: closures",
  packages: [],
  api: "map.get(key)(context)",
  notes: "the names of the attributes in the code",
};

export { prepare };

export async function load(document) {
  return loadLimit(document, compile);
}

/** @returns {import("../lib/limit.mjs").Closure} */
export function compile(/** @type {import("../lib/spec.mjs").Flag} */ flag) {
  const details = detailsOf(flag);
  const otherwise = details[String(flag.default)];
  switch (flag.kind) {
    case "w1":
      return () => otherwise;
    case "w2": {
      const [country, plan] = flag.rules[0].all;
      const countries = new Set(country.values);
      const wanted = plan.value;
      const hit = details.B;
      return (context) =>
        countries.has(context.country) && context.plan === wanted ? hit : otherwise;
    }
    case "w3": {
      const { seed, end } = splitOf(flag);
      const hit = details.true;
      return (context) => (murmur3(context.userId, seed) < end ? hit : otherwise);
    }
    default:
      return compileTenRules(flag, details, otherwise);
  }
}

function compileTenRules({ rules }, details, otherwise) {
  const [legacy, , internal, qa, , trial, , test, bot] = rules.map(({ all }) => all[0].value);
  const second = new Set(rules[1].all[0].values);
  const seventh = new Set(rules[6].all[0].values);
  return (context) => {
    if (context.plan === legacy) return details.v1;
    if (second.has(context.country)) return details.v2;
    if (context.email.endsWith(internal)) return details.v3;
    if (context.email.startsWith(qa)) return details.v4;
    if (isAtLeast(context.appVersion, 9, 0, 0)) return details.v5;
    if (context.plan === trial) return details.v6;
    if (seventh.has(context.country)) return details.v7;
    if (context.email.endsWith(test)) return details.v8;
    if (context.userId.startsWith(bot)) return details.v9;
    if (isAtLeast(context.appVersion, 2, 0, 0)) return details.v10;
    return otherwise;
  };
}
