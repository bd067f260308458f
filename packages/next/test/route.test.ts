import type { FlagDefinition } from "@burgee/core";
import type { OfrepOptions } from "@burgee/ofrep";
import { memoryStore } from "@burgee/stores/memory";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { createNextFlags } from "../src/index.js";
import { flagSet, shopFlags } from "./shop.js";

beforeEach(() => vi.stubEnv("NODE_ENV", "production"));
afterEach(() => vi.unstubAllEnvs());

const { flags: known } = flagSet();
const ranking: FlagDefinition = {
  ...(known["search-ranking"] as FlagDefinition),
  targeting: { if: [{ "==": [{ var: "language" }, "nl"] }, "hybrid"] },
};

/** A shop's route, and how a browser asks it. */
function open(
  name: string,
  options: Pick<OfrepOptions, "acceptContext" | "authorize" | "address" | "limits">,
) {
  const store = memoryStore({ flags: { ...known, "search-ranking": ranking } });
  const shop = createNextFlags(name, () => shopFlags(store), options);
  onTestFinished(() => shop.flags.close());
  const url = "http://localhost/flags/ofrep/v1";
  return {
    all: async (context: object = {}, headers: Record<string, string> = {}) => {
      const body = JSON.stringify({ context });
      return shop.route.POST(
        new Request(`${url}/evaluate/flags`, { method: "POST", body, headers }),
      );
    },
    listen: (headers: Record<string, string> = {}) =>
      shop.route.GET(new Request(`${url}/events`, { headers })),
  };
}

test("the route takes of a browser's context what acceptContext says", async () => {
  const { all } = open("accepting", { acceptContext: ["language"] });
  expect(await (await all({ language: "nl" })).json()).toMatchObject({
    flags: [{ key: "search-ranking", value: "hybrid" }],
  });
});

test("the route answers whom authorize lets in", async () => {
  const { all, listen } = open("guarded", {
    authorize: ({ headers }) => headers.get("x-key") === "yes",
  });
  expect([(await all()).status, (await listen()).status]).toEqual([403, 403]);
  expect((await all({}, { "x-key": "yes" })).status).toBe(200);
});

test("the route has so many streams of an address, where it is told what one is", async () => {
  const { listen } = open("limited", {
    address: ({ headers }) => headers.get("x-real-ip") ?? undefined,
    limits: { streamsPerAddress: 1 },
  });
  const from = async (address: string) => (await listen({ "x-real-ip": address })).status;
  expect([await from("1.1.1.1"), await from("1.1.1.1"), await from("2.2.2.2")]).toEqual([
    200, 429, 200,
  ]);
});
