import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { signOverrides } from "@burgee/core/signed";
import { expect, onTestFinished, test, vi } from "vitest";
import { createNextFlags } from "../src/index.js";
import { getFlags, payloadOf } from "../src/pages.js";
import { secret, shopFlags } from "./shop.js";

const shop = createNextFlags("pages", () => shopFlags(), {
  context: ({ cookie, headers }) => ({
    targetingKey: cookie("user") ?? headers.get("x-user") ?? undefined,
  }),
  visitor: { name: "visitor", secure: false },
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const value = "new-checkout" as never;

test("an API route has one scope for a request, which ends with the response", async () => {
  const statuses: unknown[] = [];
  const forget = shop.flags.observe({ settled: ({ outcome }) => statuses.push(outcome.status) });
  onTestFinished(forget);
  const url = await serve(async (request, response) => {
    const scope = await getFlags(shop, request, response);
    const same = (await getFlags(shop, request, response)) === scope;
    response.end(JSON.stringify([scope.get(value), same]));
  });
  const ask = async (headers: Record<string, string>) => (await fetch(url, { headers })).json();
  expect(await ask({ cookie: "user=ada" })).toEqual([true, true]);
  expect(await ask({ "x-user": "bob" })).toEqual([false, true]);
  expect(await ask({ cookie: "user=%61da" })).toEqual([true, true]);
  expect(await ask({ cookie: "user=%" })).toEqual([false, true]);
  await vi.waitFor(() => expect(statuses).toEqual(["ok", "ok", "ok", "ok"]));
});

test("a visitor gets a cookie, and a signed override its variant", async () => {
  const url = await serve(async (request, response) => {
    const scope = await getFlags(shop, request, response);
    response.end(String(scope.get(value)));
  });
  const token = await signOverrides(
    { "new-checkout": "on" },
    { secret, environment: "production" },
  );
  const answer = await fetch(url, { headers: { cookie: `burgee-overrides=${token}` } });
  expect(await answer.text()).toBe("true");
  expect(answer.headers.getSetCookie()[0]).toMatch(/^visitor=[\w-]+\.[\w-]+; Path=\//);
});

test("a page's props have the client flags' values, and where they stay live", async () => {
  const url = await serve(async (request, response) => {
    const scope = await getFlags(shop, request, response);
    response.end(JSON.stringify(await payloadOf(shop, scope)));
  });
  expect(await (await fetch(url)).json()).toMatchObject({
    flags: [{ key: "search-ranking", value: "bm25", variant: "bm25" }],
    eventStreams: [{ endpoint: { requestUri: expect.stringMatching(/^\/flags\/ofrep\/v1\/ev/) } }],
  });
});
