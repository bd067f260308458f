import statsig from "statsig-node";
import { missing } from "../lib/spec.mjs";

export const meta = {
  name: "Statsig",
  packages: ["statsig-node"],
  api: "get…WithExposureLoggingDisabledSync(); bulk getClientInitializeResponse()",
  notes: "local mode with bootstrap values; a string flag is a dynamic config",
};

const idType = "userID";

export function prepare(flags) {
  return JSON.stringify({
    has_updates: true,
    time: 1_700_000_000_000,
    feature_gates: flags.filter(({ type }) => type === "boolean").map(gateOf),
    dynamic_configs: flags.filter(({ type }) => type === "string").map(configOf),
    layer_configs: [],
    id_lists: {},
    layers: {},
    keys: flags.map(({ key }) => key),
  });
}

function gateOf({ key, rollout }) {
  const conditions = [conditionWith("public", null, null, null)];
  const rule = { passPercentage: rollout?.pct ?? 100, conditions, returnValue: true };
  return {
    ...entity(key, "feature_gate"),
    defaultValue: false,
    rules: [{ name: "r", groupName: "r", id: "r0", salt: key, ...rule, idType }],
  };
}

function configOf({ key, rules, default: otherwise }) {
  return {
    ...entity(key, "dynamic_config"),
    defaultValue: { v: otherwise },
    rules: rules.map(({ all, serve }, index) => {
      const name = `r${index}`;
      const rule = { passPercentage: 100, conditions: all.map(conditionOf) };
      return {
        name,
        groupName: name,
        id: name,
        salt: name,
        ...rule,
        returnValue: { v: serve },
        idType,
      };
    }),
  };
}

function entity(key, type) {
  return { name: key, salt: key, enabled: true, idType, entity: type, type };
}

function conditionOf({ attr, op, value, values }) {
  const operators = {
    eq: "any",
    in: "any",
    startsWith: "str_starts_with_any",
    endsWith: "str_ends_with_any",
    semverGte: "version_gte",
  };
  const target = op === "semverGte" ? value : (values ?? [value]);
  return conditionWith("user_field", target, operators[op], attr === "userId" ? "userID" : attr);
}

function conditionWith(type, targetValue, operator, field) {
  return { type, targetValue, operator, field, additionalValues: {}, isDeviceBased: false, idType };
}

export async function load(document, flags) {
  const server = new statsig.StatsigServer("secret-bench", {
    localMode: true,
    bootstrapValues: document,
    disableDiagnostics: true,
    initStrategyForIDLists: "none",
    initStrategyForIP3Country: "none",
  });
  await server.initializeAsync();
  const keys = flags.map(({ key }) => key);
  const isBoolean = flags.map(({ type }) => type === "boolean");
  return {
    context: ({ userId, email, country, plan, appVersion }) => ({
      userID: userId,
      email,
      country,
      appVersion,
      custom: { plan },
    }),
    evaluate(index, context) {
      if (index < 0) return server.getFeatureGateWithExposureLoggingDisabledSync(context, missing);
      return isBoolean[index]
        ? server.getFeatureGateWithExposureLoggingDisabledSync(context, keys[index])
        : server.getConfigWithExposureLoggingDisabledSync(context, keys[index]);
    },
    value: ({ value }) => (typeof value === "boolean" ? value : value.v),
    evaluateAll: (context) =>
      server.getClientInitializeResponse(context, undefined, { hash: "none" }),
    values: ({ feature_gates: gates, dynamic_configs: configs }) => [
      ...Object.entries(gates).map(([key, { value }]) => [key, value]),
      ...Object.entries(configs).map(([key, { value }]) => [key, value.v]),
    ],
    close: () => server.shutdown(),
  };
}
