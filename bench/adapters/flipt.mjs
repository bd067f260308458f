import { FliptClient } from "@flipt-io/flipt-client-js";
import { missing } from "../lib/spec.mjs";

export const meta = {
  name: "Flipt",
  packages: ["@flipt-io/flipt-client-js"],
  api: "evaluateBoolean(), evaluateVariant(); bulk evaluateBatch()",
  notes: "WASM; semverGte as a prefix: it has no operator for versions",
};

const times = { createdAt: "2024-01-01T00:00:00Z", updatedAt: "2024-01-01T00:00:00Z" };

export function prepare(flags) {
  return JSON.stringify({
    namespace: { key: "default", name: "default" },
    flags: flags.map((flag) => (flag.type === "boolean" ? booleanFlag(flag) : variantFlag(flag))),
  });
}

function booleanFlag({ key, kind, rollout }) {
  const threshold = rollout && { percentage: rollout.pct, value: true };
  return {
    key,
    name: key,
    description: "",
    ...times,
    enabled: kind === "w1",
    type: "BOOLEAN_FLAG_TYPE",
    rules: [],
    rollouts: threshold ? [{ type: "THRESHOLD_ROLLOUT_TYPE", rank: 1, threshold }] : [],
  };
}

function variantFlag({ key, rules, default: otherwise }) {
  const all = [...rules, { all: [], serve: otherwise }];
  return {
    key,
    name: key,
    description: "",
    ...times,
    enabled: true,
    type: "VARIANT_FLAG_TYPE",
    rollouts: [],
    defaultVariant: null,
    rules: all.map((rule, index) => ruleOf(rule, `${key}-${index}`, index + 1)),
  };
}

function ruleOf({ all, serve }, id, rank) {
  const segment = {
    key: `s-${id}`,
    name: "",
    description: "",
    matchType: "ALL_SEGMENT_MATCH_TYPE",
    ...times,
    constraints: all.map(constraintOf),
  };
  const distribution = {
    id: `d-${id}`,
    ruleId: id,
    variantId: serve,
    variantKey: serve,
    variantAttachment: "",
    rollout: 100,
  };
  return {
    id,
    rank,
    segmentOperator: "OR_SEGMENT_OPERATOR",
    segments: [segment],
    distributions: [distribution],
  };
}

function constraintOf({ attr, op, value, values }) {
  const comparisons = {
    eq: () => ({ operator: "eq", value }),
    in: () => ({ operator: "isoneof", value: JSON.stringify(values) }),
    startsWith: () => ({ operator: "prefix", value }),
    endsWith: () => ({ operator: "suffix", value }),
    semverGte: () => ({ operator: "prefix", value: `${value.split(".")[0]}.` }),
  };
  const isEntity = attr === "userId";
  return {
    type: `${isEntity ? "ENTITY_ID" : "STRING"}_CONSTRAINT_COMPARISON_TYPE`,
    property: isEntity ? "entity" : attr,
    ...comparisons[op](),
  };
}

export async function load(document, flags) {
  const client = await FliptClient.init({
    updateInterval: 0,
    fetcher: async () => ({
      ok: true,
      status: 200,
      statusText: "OK",
      headers: { get: () => null },
      json: async () => JSON.parse(document),
    }),
  });
  const keys = flags.map(({ key }) => key);
  const isBoolean = flags.map(({ type }) => type === "boolean");
  return {
    context: (context) => ({ entityId: context.userId, context }),
    evaluate(index, { entityId, context }) {
      if (index < 0) {
        try {
          return client.evaluateBoolean({ flagKey: missing, entityId, context });
        } catch {
          return { enabled: false };
        }
      }
      const request = { flagKey: keys[index], entityId, context };
      return isBoolean[index] ? client.evaluateBoolean(request) : client.evaluateVariant(request);
    },
    value: ({ enabled, variantKey }) => enabled ?? variantKey,
    evaluateAll: ({ entityId, context }) =>
      client.evaluateBatch(keys.map((flagKey) => ({ flagKey, entityId, context }))),
    values: ({ responses }) =>
      responses.map(
        ({ booleanEvaluationResponse: asBoolean, variantEvaluationResponse: asVariant }) =>
          asBoolean
            ? [asBoolean.flagKey, asBoolean.enabled]
            : [asVariant.flagKey, asVariant.variantKey],
      ),
    close: () => client.close(),
  };
}
