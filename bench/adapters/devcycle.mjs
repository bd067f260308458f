import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import bucketing from "@devcycle/bucketing-assembly-script";
import { missing } from "../lib/spec.mjs";

export const meta = {
  name: "DevCycle",
  packages: ["@devcycle/bucketing-assembly-script", "@devcycle/nodejs-server-sdk"],
  api: "variableForUser_PB(), which the server SDK calls; bulk bucketUserForConfig()",
  notes: "WASM; by the helper inside the SDK, to stay off the network; it counts events as it goes",
};

// Not among the SDK's exports.
const helper = createRequire(import.meta.url)(
  fileURLToPath(
    new URL(
      "../node_modules/@devcycle/nodejs-server-sdk/src/utils/userBucketingHelper.js",
      import.meta.url,
    ),
  ),
);

const sdkKey = "dvc_server_bench";
const platform = { platformVersion: "v20", sdkType: "server", sdkVersion: "1" };

const idOf = (number) => number.toString(16).padStart(24, "0");

export function prepare(flags) {
  const variables = flags.map(({ key, type }, index) => ({
    _id: idOf(index * 100 + 2),
    key,
    type: type === "boolean" ? "Boolean" : "String",
  }));
  return JSON.stringify({
    project: {
      _id: idOf(7),
      key: "p",
      a0_organization: "org",
      settings: {
        edgeDB: { enabled: false },
        optIn: {
          enabled: false,
          title: "",
          description: "",
          imageURL: "",
          colors: { primary: "", secondary: "" },
        },
      },
    },
    environment: { _id: idOf(8), key: "production" },
    features: flags.map(featureOf),
    variables,
    audiences: {},
    variableHashes: Object.fromEntries(variables.map(({ key }, index) => [key, index + 1])),
  });
}

function featureOf({ key, variants, rollout, rules, default: otherwise }, flagIndex) {
  const own = (number) => idOf(flagIndex * 100 + number);
  const variationOf = (value) => own(10 + variants.indexOf(value));
  const share = (value, percentage) => ({ _variation: variationOf(value), percentage });
  const target = (index, filters, distribution) => ({
    _id: own(40 + index),
    _audience: { _id: own(60 + index), filters: { operator: "and", filters } },
    distribution,
  });
  const everyone = [{ type: "all", values: [], comparator: "=" }];
  const split = rollout && [share(true, rollout.pct / 100), share(false, 1 - rollout.pct / 100)];
  return {
    _id: own(1),
    key,
    type: "release",
    settings: null,
    variations: variants.map((value) => ({
      _id: variationOf(value),
      key: String(value),
      name: String(value),
      variables: [{ _var: own(2), value }],
    })),
    configuration: {
      _id: own(3),
      prerequisites: [],
      winningVariation: null,
      forcedUsers: {},
      targets: [
        ...rules.map(({ all, serve }, index) =>
          target(index, all.map(filterOf), [share(serve, 1)]),
        ),
        target(rules.length, everyone, split ?? [share(otherwise, 1)]),
      ],
    },
  };
}

function filterOf({ attr, op, value, values = [value] }) {
  const comparators = {
    eq: "=",
    in: "=",
    startsWith: "startWith",
    endsWith: "endWith",
    semverGte: ">=",
  };
  const comparison = { comparator: comparators[op], values };
  return attr === "plan"
    ? { type: "user", subType: "customData", dataKey: attr, dataKeyType: "String", ...comparison }
    : { type: "user", subType: attr === "userId" ? "user_id" : attr, ...comparison };
}

export async function load(document, flags) {
  const wasm = await bucketing.instantiate(false, { env: { log: () => {} } });
  wasm.setPlatformData(JSON.stringify({ platform: "NodeJS", ...platform, hostname: "bench" }));
  wasm.initEventQueue(sdkKey, "bench-uuid", "{}");
  wasm.setConfigData(sdkKey, document);
  const { Boolean: boolean, String: string } = wasm.VariableType;
  const keys = flags.map(({ key }) => key);
  const types = flags.map(({ type }) => (type === "boolean" ? boolean : string));
  return {
    context: ({ userId, email, country, plan, appVersion }) => ({
      user_id: userId,
      email,
      country,
      appVersion,
      customData: { plan },
      platform: "NodeJS",
      ...platform,
      createdDate: new Date(),
      lastSeenDate: new Date(),
    }),
    evaluate: (index, context) =>
      index < 0
        ? helper.variableForUser_PB(wasm, sdkKey, context, missing, boolean)
        : helper.variableForUser_PB(wasm, sdkKey, context, keys[index], types[index]),
    value: (details) => details?.value ?? false,
    evaluateAll: (context) => helper.bucketUserForConfig(wasm, context, sdkKey),
    values: ({ variables }) => Object.entries(variables).map(([key, { value }]) => [key, value]),
    close() {},
  };
}
