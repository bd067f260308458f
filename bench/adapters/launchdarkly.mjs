import { init } from "@launchdarkly/node-server-sdk";
import { TestData } from "@launchdarkly/node-server-sdk/integrations";
import { quiet } from "../lib/quiet.mjs";
import { missing } from "../lib/spec.mjs";

export const meta = {
  name: "LaunchDarkly",
  packages: ["@launchdarkly/node-server-sdk"],
  api: "await client.variationDetail(); bulk (await client.allFlagsState()).allValues()",
  notes: "semverGte as a negated semVerLessThan",
};

export function prepare(flags) {
  return JSON.stringify(Object.fromEntries(flags.map((flag) => [flag.key, flagOf(flag)])));
}

function flagOf({ key, variants, rollout, rules, default: otherwise }) {
  const variation = (value) => variants.indexOf(value);
  return {
    key,
    version: 1,
    on: true,
    salt: key,
    variations: variants,
    offVariation: variation(otherwise),
    targets: [],
    contextTargets: [],
    prerequisites: [],
    trackEvents: false,
    fallthrough:
      rollout === undefined
        ? { variation: variation(otherwise) }
        : {
            rollout: {
              contextKind: "user",
              variations: [
                { variation: variation(true), weight: rollout.pct * 1000 },
                { variation: variation(false), weight: 100_000 - rollout.pct * 1000 },
              ],
            },
          },
    rules: rules.map(({ all, serve }, index) => ({
      id: `r${index}`,
      clauses: all.map(clauseOf),
      variation: variation(serve),
      trackEvents: false,
    })),
  };
}

function clauseOf({ attr, op, value, values }) {
  const operators = {
    eq: "in",
    in: "in",
    startsWith: "startsWith",
    endsWith: "endsWith",
    semverGte: "semVerLessThan",
  };
  return {
    contextKind: "user",
    attribute: attr === "userId" ? "key" : attr,
    op: operators[op],
    values: values ?? [value],
    negate: op === "semverGte",
  };
}

export async function load(document) {
  const flags = JSON.parse(document);
  const keys = Object.keys(flags);
  const data = new TestData();
  for (const key of keys) data.usePreconfiguredFlag(flags[key]);
  const client = init("sdk-test", {
    updateProcessor: data.getFactory(),
    sendEvents: false,
    diagnosticOptOut: true,
    logger: quiet,
  });
  await client.waitForInitialization({ timeout: 10 });
  return {
    context: ({ userId, email, country, plan, appVersion }) => ({
      kind: "user",
      key: userId,
      email,
      country,
      plan,
      appVersion,
    }),
    evaluate: (index, context) =>
      client.variationDetail(index < 0 ? missing : keys[index], context, false),
    value: (details) => details.value,
    evaluateAll: async (context) => (await client.allFlagsState(context)).allValues(),
    values: Object.entries,
    close: () => client.close(),
  };
}
