/**
 * The spec as a flag document in the flagd format.
 *
 * @param {import("./spec.mjs").Flag[]} flags
 */
export function flagdDocument(flags) {
  const entries = flags.map((flag) => [flag.key, flagdDefinition(flag)]);
  return JSON.stringify({ flags: Object.fromEntries(entries) });
}

/** One flag of the spec as a flagd definition. */
export function flagdDefinition(/** @type {import("./spec.mjs").Flag} */ flag) {
  const targeting = targetingOf(flag);
  return {
    state: "ENABLED",
    variants: Object.fromEntries(flag.variants.map((value) => [String(value), value])),
    defaultVariant: String(flag.default),
    ...(targeting === undefined ? {} : { targeting }),
  };
}

function targetingOf({ rollout, rules, default: otherwise }) {
  if (rollout !== undefined) {
    const unit = { cat: [{ var: "$flagd.flagKey" }, { var: rollout.by }] };
    return { fractional: [unit, ["true", rollout.pct], ["false", 100 - rollout.pct]] };
  }
  if (rules.length === 0) return undefined;
  const branches = rules.flatMap(({ all, serve }) => [
    all.length > 1 ? { and: all.map(conditionOf) } : conditionOf(all[0]),
    serve,
  ]);
  return { if: [...branches, String(otherwise)] };
}

function conditionOf({ attr, op, value, values }) {
  const attribute = { var: attr };
  switch (op) {
    case "eq":
      return { "==": [attribute, value] };
    case "in":
      return { in: [attribute, values] };
    case "startsWith":
      return { starts_with: [attribute, value] };
    case "endsWith":
      return { ends_with: [attribute, value] };
    case "semverGte":
      return { sem_ver: [attribute, ">=", value] };
    default:
      throw new Error(`no operator: ${op}`);
  }
}
