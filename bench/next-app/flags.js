import { createFlags } from "@burgee/core";
import { createMonitor } from "@burgee/monitor";
import { createNextFlags } from "@burgee/next";
import { memoryStore } from "@burgee/stores/memory";

const keys = ["one", "two", "three", "four", "five"];

const flagSet = {
  flags: Object.fromEntries(
    keys.map((key) => [
      key,
      {
        state: "ENABLED",
        variants: { on: true, off: false },
        defaultVariant: "off",
        targeting: { if: [{ "==": [{ var: "country" }, "NL"] }, "on"] },
      },
    ]),
  ),
};

export const shop = createNextFlags(
  "bench",
  () =>
    createFlags(Object.fromEntries(keys.map((key) => [key, { default: false }])), {
      source: memoryStore(flagSet),
    }),
  {
    context: ({ headers }) => ({ targetingKey: "user-1", country: headers.get("x-country") }),
    attach: createMonitor,
  },
);

export async function fiveFlags() {
  const scope = await shop.getFlags();
  return keys.map((key) => scope.get(key));
}
