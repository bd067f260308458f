import { createFlags, defineFlags } from "@burgee/core";
import { type OfrepOptions, ofrepHandler } from "@burgee/ofrep";
import { memoryStore } from "@burgee/stores/memory";
import { onTestFinished } from "vitest";

export const client = defineFlags({
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"] },
  banner: { default: "none", variants: { none: { text: "" }, sale: { text: "SALE</script>" } } },
});
const server = defineFlags({ "secret-pricing": { default: false, owner: "pricing" } });

const set = {
  metadata: { flagSetId: "shop-set" },
  $evaluators: { isNear: { "==": [{ var: "country" }, "secret-country"] } },
  flags: {
    "search-ranking": {
      state: "ENABLED",
      variants: { bm25: "bm25", hybrid: "hybrid" },
      defaultVariant: "bm25",
      targeting: { if: [{ "==": [{ var: "targetingKey" }, "ada"] }, "hybrid"] },
      metadata: { owner: "search-team" },
    },
    banner: {
      state: "ENABLED",
      variants: { none: { text: "" }, sale: { text: "SALE</script>" } },
      defaultVariant: "none",
      targeting: { if: [{ $ref: "isNear" }, "sale"] },
    },
    "secret-pricing": {
      state: "ENABLED",
      variants: { on: true, off: false },
      defaultVariant: "on",
    },
  },
} as const;

/** Real flags behind a handler, and how one asks it. */
export function openShop(options: OfrepOptions = {}, more: { readonly secret?: string } = {}) {
  const store = memoryStore(set);
  const flags = createFlags({ ...client, ...server }, { source: store, client, ...more });
  const handle = ofrepHandler(flags, options);
  flags.observe({ problem: () => {} });
  onTestFinished(() => {
    handle.close();
    flags.close();
  });
  async function change(flag: keyof typeof set.flags, state: "ENABLED" | "DISABLED") {
    const put = { [flag]: { ...set.flags[flag], state } };
    const expected = (await store.read()).id;
    await store.commit({ expected, flags: { put }, actor: "ada", reason: "a test", kind: "kill" });
  }
  return {
    store,
    flags,
    handle,
    ask(path: string, body: unknown = {}, headers: Record<string, string> = {}) {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      const url = `http://localhost/flags/ofrep/v1/${path}`;
      return handle(new Request(url, { method: "POST", body: text, headers }));
    },
    turnOff: (flag: keyof typeof set.flags) => change(flag, "DISABLED"),
    turnOn: (flag: keyof typeof set.flags) => change(flag, "ENABLED"),
  };
}
