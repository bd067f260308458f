import { createFlags, defineFlags } from "@burgee/core";
import { type OfrepOptions, ofrepHandler } from "@burgee/ofrep";
import { memoryStore } from "@burgee/stores/memory";
import { expect, test } from "vitest";
import { openShop } from "./shop.js";

/** Each of the things that one may ask. */
const asked = {
  all: new Request("http://localhost/ofrep/v1/evaluate/flags", { method: "POST" }),
  one: new Request("http://localhost/ofrep/v1/evaluate/flags/banner", { method: "POST" }),
  stream: new Request("http://localhost/ofrep/v1/events"),
  report: new Request("http://localhost/reports", { method: "POST", body: "{}" }),
  nothing: new Request("http://localhost/nowhere"),
};

test.each(Object.entries(asked))("who may not ask gets a 403 (%s)", async (_name, request) => {
  const { handle } = openShop({ authorize: () => false });
  const response = await handle(request.clone());
  expect([response.status, await response.json()]).toEqual([
    403,
    { errorDetails: expect.any(String) },
  ]);
});

test("nobody is let in by anything but true", async () => {
  for (const strange of [undefined, null, "yes", 1, {}]) {
    const { handle } = openShop({ authorize: async () => strange as unknown as boolean });
    expect((await handle(asked.all.clone())).status).toBe(403);
  }
  const { handle } = openShop({ authorize: async () => true });
  expect((await handle(asked.all.clone())).status).toBe(200);
});

test("a refusal may be any response: a 401 that says how, a 429 that says when", async () => {
  const byToken: OfrepOptions["authorize"] = ({ headers }) => {
    const token = headers.get("authorization");
    if (token === "Bearer busy") {
      return new Response(null, { status: 429, headers: { "retry-after": "30" } });
    }
    const how = { "www-authenticate": "Bearer" };
    return token === "Bearer right" || new Response(null, { status: 401, headers: how });
  };
  const { handle } = openShop({ authorize: byToken });
  const ask = (authorization: string) =>
    handle(new Request(asked.all.clone(), { headers: { authorization } }));
  const [wrong, busy, right] = [
    await ask("Bearer wrong"),
    await ask("Bearer busy"),
    await ask("Bearer right"),
  ];
  expect([wrong.status, wrong.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
  expect([busy.status, busy.headers.get("retry-after")]).toEqual([429, "30"]);
  expect(right.status).toBe(200);
});

test("where authorize throws or rejects, the handler rejects, and nobody is let in", async () => {
  const failing: NonNullable<OfrepOptions["authorize"]>[] = [
    () => Promise.reject(new Error("the directory is down")),
    () => {
      throw new Error("the directory is down");
    },
  ];
  for (const authorize of failing) {
    await expect(openShop({ authorize }).handle(asked.all.clone())).rejects.toThrow("directory");
  }
});

test("servers are not served without authorize", () => {
  const client = defineFlags({ banner: { default: false } });
  const flags = createFlags(client, { source: memoryStore(), client });
  expect(() => ofrepHandler(flags, { audience: "server" })).toThrow(/INVALID_OPTIONS/);
  ofrepHandler(flags, { audience: "server", authorize: () => true }).close();
});

test.each(["streams", "streamsPerAddress", "reports", "reportsPerAddress"])(
  "a limit of %s that is none is refused",
  (name) => {
    for (const limit of [0, -1, Number.NaN]) {
      expect(() => openShop({ limits: { [name]: limit } })).toThrow(/INVALID_OPTIONS/);
    }
  },
);
