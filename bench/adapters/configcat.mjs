import { createConsoleLogger, getClient, LogLevel, PollingMode, User } from "@configcat/sdk/node";
import { missing } from "../lib/spec.mjs";

export const meta = {
  name: "ConfigCat",
  packages: ["@configcat/sdk"],
  api: "snapshot.getValueDetails(); bulk by a loop",
  notes: "offline; cleartext comparators (its own default hashes, and is slower)",
};

const attributes = { userId: "Identifier", email: "Email", country: "Country" };

export function prepare(flags) {
  return JSON.stringify({
    p: { u: "https://cdn-global.configcat.com", r: 0, s: "c2FsdA==" },
    s: [],
    f: Object.fromEntries(flags.map((flag) => [flag.key, settingOf(flag)])),
  });
}

function settingOf({ type, rules, rollout, default: otherwise }) {
  const served = (value) => ({
    v: typeof value === "boolean" ? { b: value } : { s: value },
    i: `i${value}`,
  });
  const setting = { t: type === "boolean" ? 0 : 1, ...served(otherwise) };
  if (rules.length > 0) {
    setting.r = rules.map(({ all, serve }) => ({ c: all.map(conditionOf), s: served(serve) }));
  }
  if (rollout !== undefined) {
    setting.a = "Identifier";
    setting.p = [
      { p: rollout.pct, ...served(true) },
      { p: 100 - rollout.pct, ...served(false) },
    ];
  }
  return setting;
}

function conditionOf({ attr, op, value, values }) {
  const comparisons = {
    eq: { c: 28, s: value },
    in: { c: 0, l: values },
    startsWith: { c: 30, l: [value] },
    endsWith: { c: 32, l: [value] },
    semverGte: { c: 9, s: value },
  };
  return { u: { a: attributes[attr] ?? attr, ...comparisons[op] } };
}

export async function load(document) {
  const entry = `${Date.now()}\netag\n${document}`;
  const client = getClient(
    "configcat-sdk-1/0000000000000000000000/0000000000000000000000",
    PollingMode.ManualPoll,
    {
      offline: true,
      cache: { get: () => entry, set() {} },
      logger: createConsoleLogger(LogLevel.Off),
    },
  );
  await client.forceRefreshAsync().catch(() => {});
  await client.getValueAsync("x", false);
  const snapshot = client.snapshot();
  const keys = snapshot.getAllKeys();
  return {
    context: ({ userId, email, country, plan, appVersion }) =>
      new User(userId, email, country, { plan, appVersion }),
    evaluate: (index, context) =>
      snapshot.getValueDetails(
        index < 0 ? missing : keys[index],
        index < 0 ? false : null,
        context,
      ),
    value: (details) => details.value,
    evaluateAll(context) {
      const all = {};
      for (let index = 0; index < keys.length; index++) {
        all[keys[index]] = snapshot.getValueDetails(keys[index], null, context);
      }
      return all;
    },
    values: (all) => Object.entries(all).map(([key, { value }]) => [key, value]),
    close: () => client.dispose(),
  };
}
