import { GrowthBookClient } from "@growthbook/growthbook";
import { missing, patternOf } from "../lib/spec.mjs";

export const meta = {
  name: "GrowthBook",
  packages: ["@growthbook/growthbook"],
  api: "client.evalFeature(key, { attributes }); bulk by a loop on a scoped instance",
  notes: "startsWith and endsWith as $regex: it has neither",
};

export function prepare(flags) {
  const features = Object.fromEntries(flags.map((flag) => [flag.key, featureOf(flag)]));
  return JSON.stringify({ features });
}

function featureOf({ key, rollout, rules, default: defaultValue }) {
  if (rollout !== undefined) {
    const { value: force, pct } = rollout;
    const split = { coverage: pct / 100, hashAttribute: "id", seed: key, hashVersion: 2 };
    return { defaultValue, rules: [{ id: "r", force, ...split }] };
  }
  if (rules.length === 0) return { defaultValue };
  return {
    defaultValue,
    rules: rules.map(({ all, serve }, index) => ({
      id: `r${index}`,
      condition: Object.assign({}, ...all.map(conditionOf)),
      force: serve,
    })),
  };
}

function conditionOf(condition) {
  const { attr, op, value, values } = condition;
  const byOperator = {
    eq: () => value,
    in: () => ({ $in: values }),
    startsWith: () => ({ $regex: patternOf(condition) }),
    endsWith: () => ({ $regex: patternOf(condition) }),
    semverGte: () => ({ $vgte: value }),
  };
  return { [attr === "userId" ? "id" : attr]: byOperator[op]() };
}

export async function load(document) {
  const payload = JSON.parse(document);
  const client = new GrowthBookClient().initSync({ payload });
  const keys = Object.keys(payload.features);
  return {
    context: ({ userId, email, country, plan, appVersion }) => ({
      attributes: { id: userId, email, country, plan, appVersion },
    }),
    evaluate: (index, context) => client.evalFeature(index < 0 ? missing : keys[index], context),
    value: ({ source, value }) => (source === "unknownFeature" ? false : value),
    evaluateAll(context) {
      const scoped = client.createScopedInstance(context);
      const all = {};
      for (let index = 0; index < keys.length; index++) {
        all[keys[index]] = scoped.evalFeature(keys[index]);
      }
      return all;
    },
    values: (all) => Object.entries(all).map(([key, { value }]) => [key, value]),
    close: () => client.destroy(),
  };
}
