import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { FlagSet, Flags, FlagsOptions } from "@burgee/core";
import {
  checkRequestOptions,
  openOnRequest,
  type RequestScopeOptions,
  scopeOn,
} from "@burgee/core/node";
import { signOverrides } from "@burgee/core/signed";
import { expect, onTestFinished, test, vi } from "vitest";
import { flagSet, openShop, shopWith } from "./shop.js";

const secret = "a secret of more than 32 characters";
const environment = "staging";
const token = await signOverrides({ "new-checkout": "on" }, { secret, environment });

type Options = RequestScopeOptions<IncomingMessage>;

/** A server whose answer says what its scope says; what it was asked. */
async function open(
  options: Options = {},
  flagsOptions: Partial<FlagsOptions> = {},
  set: FlagSet = flagSet,
) {
  const shop = openShop(set, { secret, environment, ...flagsOptions });
  const flags = shop.flags as unknown as Flags;
  let waited = false;
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const opened = openOnRequest(flags, options, request, response, request);
    waited = opened instanceof Promise;
    const scope = await opened;
    expect(scopeOn(request)).toBe(scope);
    const { value, overridden = false } = scope.details("new-checkout");
    response.end(JSON.stringify({ value, overridden }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...shop,
    async ask(headers: Record<string, string> = {}) {
      const response = await fetch(url, { headers });
      return { ...(await response.json()), waited, cookies: response.headers.getSetCookie() };
    },
  };
}

const ruled = { value: false, overridden: false };
const overridden = { value: true, overridden: true };

test.each([
  ["in its cookie", {}, { cookie: `a=b; burgee-overrides=${token}` }],
  ["in its header", {}, { "burgee-overrides": token }],
  ["in a cookie of the app's name", { overrides: { cookie: "qa" } }, { cookie: `qa=${token}` }],
  ["in a header of the app's name", { overrides: { header: "X-QA" } }, { "x-qa": token }],
])("a request with a signed token %s sees its variants", async (_, options, headers) => {
  const { ask } = await open(options as Options);
  expect(await ask(headers)).toMatchObject({ ...overridden, waited: true });
});

test.each([
  ["where it is not looked for", { overrides: false }, { "burgee-overrides": token }],
  [
    "in a cookie that is off",
    { overrides: { cookie: false } },
    { cookie: `burgee-overrides=${token}` },
  ],
  ["in a header that is off", { overrides: { header: false } }, { "burgee-overrides": token }],
])("a token %s is not read", async (_, options, headers) => {
  const { ask } = await open(options as Options);
  expect(await ask(headers as Record<string, string>)).toMatchObject({ ...ruled, waited: false });
});

test("without a secret a token is not read", async () => {
  const { ask } = await open({}, { secret: undefined });
  expect(await ask({ "burgee-overrides": token })).toMatchObject({ ...ruled, waited: false });
});

test.each(["garbage", "%", "{}", "null", `${token}x`, token.slice(1), "x".repeat(8000), "=", ";"])(
  "a garbage override cookie changes nothing: %.20s",
  async (garbage) => {
    const { ask } = await open();
    expect(await ask({ cookie: `burgee-overrides=${garbage}` })).toMatchObject(ruled);
  },
);

test("a request without a token awaits nothing and touches no crypto", async () => {
  const subtle = vi.spyOn(crypto.subtle, "verify");
  const { ask } = await open();
  expect(await ask({ cookie: "a=b; session=1" })).toEqual({ ...ruled, waited: false, cookies: [] });
  expect(subtle).not.toHaveBeenCalled();
});

test("a visitor gets a cookie once, and keeps the id in it", async () => {
  const { ask } = await open({ visitor: "visitor" });
  const { cookies } = await ask();
  expect(cookies).toEqual([
    expect.stringMatching(
      /^visitor=[\da-f-]{36}\.[\w-]{43}; Path=\/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure$/,
    ),
  ]);
  const [cookie = ""] = cookies[0]?.split(";") ?? [];
  expect((await ask({ cookie })).cookies).toEqual([]);
  expect((await ask({ cookie: `${cookie}x` })).cookies).toHaveLength(1);
});

test("without a secret a visitor's id is awaited no more than the rest", async () => {
  const { ask } = await open(
    { visitor: { name: "visitor", secure: false, maxAge: "30d" } },
    { secret: undefined },
  );
  const { cookies, waited } = await ask();
  expect(waited).toBe(false);
  expect(cookies[0]).toMatch(
    /^visitor=[\da-f-]{36}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax$/,
  );
});

test("rules see a visitor's id, and a signed override beside it counts", async () => {
  const byVisitor = { if: [{ "==": [{ var: "visitorId" }, null] }, "off", "on"] };
  const checkout = { ...flagSet.flags["new-checkout"], targeting: byVisitor };
  const set = shopWith({ "new-checkout": checkout });
  const visitor = "visitor";
  expect(await (await open({ visitor }, {}, set)).ask()).toMatchObject({ value: true });
  expect(await (await open({}, {}, set)).ask()).toMatchObject(ruled);
  const { ask } = await open({ visitor }, {}, set);
  expect(await ask({ "burgee-overrides": token })).toMatchObject(overridden);
});

test.each<Options>([
  { visitor: "a b" },
  { visitor: { name: "v", maxAge: "400d" } },
  { overrides: { cookie: "a;b" } },
  { overrides: { header: "" } },
])("names that are none are found when an adapter is mounted: %j", (options) => {
  expect(() => checkRequestOptions(options)).toThrow(/INVALID_OPTIONS/);
});
