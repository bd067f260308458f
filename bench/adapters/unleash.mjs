import { InMemStorageProvider, Unleash } from "unleash-client";
import { missing } from "../lib/spec.mjs";

export const meta = {
  name: "Unleash",
  packages: ["unleash-client"],
  api: "isEnabled() for booleans, getVariant() for strings; bulk by a loop",
  notes: "a rule is a strategy with one variant, which hashes once more where it holds",
};

export function prepare(flags) {
  return JSON.stringify(
    flags.map((flag) => ({
      name: flag.key,
      enabled: true,
      type: "release",
      stale: false,
      impressionData: false,
      project: "default",
      variants: [],
      strategies: strategiesOf(flag),
    })),
  );
}

function strategiesOf({ key, kind, rollout, rules, default: otherwise }) {
  if (rollout !== undefined) {
    const parameters = { rollout: String(rollout.pct), stickiness: "userId", groupId: key };
    return [{ name: "flexibleRollout", parameters, constraints: [] }];
  }
  const always = { name: "default", parameters: {}, constraints: [] };
  if (kind === "w1") return [always];
  const variants = (name) => [
    { name, weight: 1000, weightType: "variable", stickiness: "default" },
  ];
  return [
    ...rules.map(({ all, serve }) => ({
      ...always,
      constraints: all.map(constraintOf),
      variants: variants(serve),
    })),
    { ...always, variants: variants(otherwise) },
  ];
}

function constraintOf({ attr, op, value, values }) {
  const operators = {
    eq: "IN",
    in: "IN",
    startsWith: "STR_STARTS_WITH",
    endsWith: "STR_ENDS_WITH",
    semverGte: "SEMVER_GTE",
  };
  return {
    contextName: attr,
    operator: operators[op],
    inverted: false,
    ...(op === "semverGte" ? { value, values: [] } : { values: values ?? [value] }),
  };
}

export async function load(document, flags) {
  const data = JSON.parse(document);
  const client = new Unleash({
    appName: "bench",
    url: "http://127.0.0.1:9/api/",
    refreshInterval: 0,
    disableMetrics: true,
    bootstrap: { data },
    bootstrapOverride: true,
    storageProvider: new InMemStorageProvider(),
    skipInstanceCountWarning: true,
  });
  client.on("error", () => {});
  client.on("warn", () => {});
  if (!client.isSynchronized()) {
    await new Promise((resolve) => client.once("synchronized", resolve));
  }
  const keys = flags.map(({ key }) => key);
  const isBoolean = flags.map(({ type }) => type === "boolean");
  const evaluate = (index, context) =>
    isBoolean[index]
      ? client.isEnabled(keys[index], context, false)
      : client.getVariant(keys[index], context);
  const value = (details) => (typeof details === "boolean" ? details : details.name);
  return {
    context: ({ userId, email, country, plan, appVersion }) => ({
      userId,
      properties: { email, country, plan, appVersion },
    }),
    evaluate: (index, context) =>
      index < 0 ? client.isEnabled(missing, context, false) : evaluate(index, context),
    value,
    evaluateAll(context) {
      const all = {};
      for (let index = 0; index < keys.length; index++) all[keys[index]] = evaluate(index, context);
      return all;
    },
    values: (all) => Object.entries(all).map(([key, details]) => [key, value(details)]),
    close: () => client.destroy(),
  };
}
