import { PostHog } from "posthog-node";
import { missing, patternOf } from "../lib/spec.mjs";

export const meta = {
  name: "PostHog",
  packages: ["posthog-node"],
  api: "await client.getFeatureFlag(); bulk client.getAllFlags()",
  notes: "local evaluation; the definitions through its `fetch` option",
};

export function prepare(flags) {
  return JSON.stringify({
    flags: flags.map((flag, index) => ({
      id: index + 1,
      key: flag.key,
      name: flag.key,
      active: true,
      deleted: false,
      is_simple_flag: false,
      rollout_percentage: null,
      filters: flag.type === "boolean" ? booleanFilters(flag) : stringFilters(flag),
    })),
    group_type_mapping: {},
    cohorts: {},
  });
}

function booleanFilters({ rollout }) {
  const group = { properties: [], rollout_percentage: rollout?.pct ?? 100, variant: null };
  return { groups: [group], payloads: {} };
}

function stringFilters({ variants, rules, default: otherwise }) {
  const group = (properties, variant) => ({ properties, rollout_percentage: 100, variant });
  return {
    payloads: {},
    multivariate: {
      variants: variants.map((key, index) => ({ key, rollout_percentage: index === 0 ? 100 : 0 })),
    },
    groups: [
      ...rules.map(({ all, serve }) => group(all.map(propertyOf), serve)),
      group([], otherwise),
    ],
  };
}

function propertyOf(condition) {
  const { attr, op, value, values } = condition;
  const comparisons = {
    eq: () => ({ operator: "exact", value: [value] }),
    in: () => ({ operator: "exact", value: values }),
    startsWith: () => ({ operator: "regex", value: patternOf(condition) }),
    endsWith: () => ({ operator: "regex", value: patternOf(condition) }),
    semverGte: () => ({ operator: "semver_gte", value }),
  };
  return { key: attr, type: "person", ...comparisons[op]() };
}

export async function load(document, flags) {
  const client = new PostHog("phc_x", {
    host: "http://127.0.0.1:9",
    personalApiKey: "phx_x",
    fetch: async (url) =>
      responseOf(/local_evaluation|\/flags\/definitions/.test(String(url)) ? document : "{}"),
    featureFlagsPollingInterval: 3_600_000,
    disableGeoip: true,
    flushInterval: 3_600_000,
  });
  if (!(await client.waitForLocalEvaluationReady(10_000))) {
    throw new Error("local evaluation is not ready");
  }
  const keys = flags.map(({ key }) => key);
  return {
    context: (context) => ({
      id: context.userId,
      options: {
        personProperties: context,
        onlyEvaluateLocally: true,
        sendFeatureFlagEvents: false,
      },
    }),
    evaluate: (index, { id, options }) =>
      client.getFeatureFlag(index < 0 ? missing : keys[index], id, options),
    value: (value) => value ?? false,
    evaluateAll: ({ id, options }) => client.getAllFlags(id, options),
    values: Object.entries,
    close: () => client.shutdown(100).catch(() => {}),
  };
}

function responseOf(text) {
  return {
    status: 200,
    ok: true,
    headers: { get: () => null },
    text: async () => text,
    json: async () => JSON.parse(text),
  };
}
