import { OpenFeature } from "@openfeature/server-sdk";
import { missing } from "./spec.mjs";

/**
 * The OpenFeature client over a provider, as an adapter answers with it.
 *
 * @param {import("@openfeature/server-sdk").Provider} provider
 * @param {import("./spec.mjs").Flag[]} flags
 */
export async function clientOver(provider, flags) {
  await OpenFeature.setProviderAndWait(provider);
  const client = OpenFeature.getClient();
  const keys = flags.map(({ key }) => key);
  const isBoolean = flags.map(({ type }) => type === "boolean");
  const evaluate = (index, context) =>
    isBoolean[index]
      ? client.getBooleanDetails(keys[index], false, context)
      : client.getStringDetails(keys[index], "-", context);
  return {
    context: (context) => ({ targetingKey: context.userId, ...context }),
    evaluate: (index, context) =>
      index < 0 ? client.getBooleanDetails(missing, false, context) : evaluate(index, context),
    value: (details) => details.value,
    async evaluateAll(context) {
      const all = {};
      for (let index = 0; index < keys.length; index++) {
        all[keys[index]] = await evaluate(index, context);
      }
      return all;
    },
    values: (all) => Object.entries(all).map(([key, { value }]) => [key, value]),
    close: () => OpenFeature.close(),
  };
}
