import { once } from "node:events";
import { request } from "node:http";
import { type ClientReport, createFlags } from "@burgee/core";
import { type FlagRouterOptions, flagRouter } from "@burgee/express";
import { memoryStore } from "@burgee/stores/memory";
import compression from "compression";
import type { RequestHandler } from "express";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { definitions, onOff, openShop, serve, versions } from "./shop.js";

describe.each(versions)("%s", (_version, express) => {
  const { "new-checkout": newCheckout } = definitions;
  const asAda = '{"context":{"targetingKey":"ada"}}';

  const eventsSince = /^\/flags\/ofrep\/v1\/events\?since=[\w-]+$/;

  async function open(options: FlagRouterOptions = {}, ...before: RequestHandler[]) {
    const onForAda = onOff("off", { if: [{ "==": [{ var: "targetingKey" }, "ada"] }, "on"] });
    const store = memoryStore({ flags: { "new-checkout": onForAda } });
    const client = { "new-checkout": newCheckout };
    const secret = "a secret of more than 32 characters";
    const flags = createFlags(client, { source: store, client, secret });
    const router = flagRouter(flags, options);
    onTestFinished(() => {
      router.close();
      flags.close();
    });
    const app = express();
    for (const middleware of before) app.use(middleware);
    app.use("/flags", router);
    const url = `${await serve(app)}/flags/ofrep/v1/`;
    const all = (headers: Record<string, string> = {}, body: BodyInit = asAda) =>
      fetch(`${url}evaluate/flags`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body,
        ...(typeof body !== "string" && { duplex: "half" }),
      });
    return { store, flags, router, app, url, all };
  }

  test.each([
    ["alone", []],
    ["after a body parser", [express.json()]],
  ])("%s, it answers the client flags where it is mounted", async (_name, before) => {
    const { all } = await open({}, ...before);
    const response = await all();
    expect(await response.json()).toMatchObject({
      flags: [{ key: "new-checkout", value: true, variant: "on", reason: "TARGETING_MATCH" }],
      eventStreams: [{ endpoint: { requestUri: expect.stringMatching(eventsSince) } }],
    });
    const etag = response.headers.get("etag") ?? "";
    expect((await all({ "if-none-match": etag })).status).toBe(304);
  });

  test.each([
    ["JSON", "application/json", []],
    ["plain text", "text/plain", []],
    ["JSON, after a body parser", "application/json", [express.json()]],
    ["plain text, after a body parser", "text/plain", [express.text()]],
  ])("an error report sent as %s reaches observers, verified", async (_name, type, before) => {
    const { flags, router, url } = await open({}, ...before);
    const reports: ClientReport[] = [];
    flags.observe({ reported: (report) => reports.push(report) });
    await flags.ready();
    const payload = await router.payload(flags.scope({ targetingKey: "ada" }), "/flags");
    expect(payload.eventStreams?.[0]?.endpoint.requestUri).toMatch(eventsSince);
    const error = { type: "TypeError" };
    const body = JSON.stringify({ receipt: payload.receipt, flags: ["new-checkout"], error });
    const reportsUrl = new URL("../../reports", url);
    const headers = { "content-type": type };
    const response = await fetch(reportsUrl, { method: "POST", headers, body });
    expect([response.status, await response.text()]).toEqual([204, ""]);
    expect(reports).toMatchObject([
      { verified: true, flags: [{ flag: "new-checkout", variant: "on" }], errorType: "TypeError" },
    ]);
  });

  test("error reports count against an address's rate", async () => {
    const { all, url } = await open({ rateLimit: { limit: 1, window: 60_000 } });
    const report = () => fetch(new URL("../../reports", url), { method: "POST", body: "{}" });
    expect([(await report()).status, (await report()).status]).toEqual([204, 429]);
    expect((await all()).status).toBe(429);
  });

  test.each([
    ["alone", []],
    ["behind what compresses", [compression()]],
  ])(
    "%s, its stream tells a change, and ends when the browser goes away",
    async (_name, before) => {
      const { store, flags, url } = await open({}, ...before);
      await flags.ready();
      const stream = await fetch(`${url}events`);
      const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
      await reader.read();
      await store.commit({
        expected: (await store.read()).id,
        flags: { put: { "new-checkout": onOff("on") } },
        actor: "ada",
        reason: "a test",
        kind: "release",
      });
      const { value } = await reader.read();
      expect(new TextDecoder().decode(value)).toContain("refetchEvaluation");
      await reader.cancel();
    },
  );

  test.each([
    ["TRACE", "/flags/ofrep/v1/evaluate/flags", 400],
    ["POST", "//", 404],
    ["POST", "/flags//ofrep/v1/evaluate/flags/%", 404],
    ["DELETE", "/flags/ofrep/v1/evaluate/flags", 405],
  ])("%s %s is a %i, never a 500", async (method, path, status) => {
    const { url } = await open();
    const asked = request({ port: new URL(url).port, host: "127.0.0.1", method, path }).end();
    const [response] = await once(asked, "response");
    response.resume();
    expect(response.statusCode).toBe(status);
  });

  test("an answer that comes too late is passed on as an error, and hurts nobody", async () => {
    const answered: RequestHandler = (_request, response, next) => {
      response.send("early");
      next();
    };
    const { flags, all } = await open({}, answered);
    await flags.ready();
    for (let requests = 0; requests < 2; requests++)
      expect(await (await all()).text()).toBe("early");
  });

  test("an address has so many streams, and one more once one of them has ended", async () => {
    const { url } = await open({ limits: { streamsPerAddress: 1 } });
    const listen = () => fetch(`${url}events`);
    const first = await listen();
    const refused = await listen();
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "60"]);
    expect(await refused.json()).toEqual({ errorDetails: expect.any(String) });
    await first.body?.cancel();
    await vi.waitFor(async () => expect((await listen()).status).toBe(200));
  });

  test("behind a proxy that is trusted, clients are told apart by the address it says", async () => {
    const { url, app } = await open({ rateLimit: false, limits: { streamsPerAddress: 1 } });
    const from = async (address: string) =>
      (await fetch(`${url}events`, { headers: { "x-forwarded-for": address } })).status;
    expect([await from("1.1.1.1"), await from("2.2.2.2")]).toEqual([200, 429]);
    app.set("trust proxy", "loopback");
    expect([await from("1.1.1.1"), await from("2.2.2.2")]).toEqual([200, 200]);
    expect([await from("2001:db8::1"), await from("2001:db8::2")]).toEqual([200, 429]);
  });

  test("who went away before his stream was opened is not counted", async () => {
    let away = (): void => {};
    const gone = new Promise<void>((resolve) => {
      away = resolve;
    });
    const { url } = await open({
      limits: { streams: 1 },
      authorize: async (incoming) => {
        if (incoming.get("x-key") !== "leaves") return true;
        incoming.socket.once("close", away);
        incoming.socket.destroy();
        await gone;
        return true;
      },
    });
    await expect(fetch(`${url}events`, { headers: { "x-key": "leaves" } })).rejects.toThrow();
    await vi.waitFor(async () => expect((await fetch(`${url}events`)).status).toBe(200));
  });

  test("servers get every flag, if authorize lets them in, as often as they ask", async () => {
    const { all } = await open({
      audience: "server",
      authorize: (incoming) =>
        incoming.get("authorization") === "Bearer right" ||
        new Response(null, { status: 401, headers: { "www-authenticate": "Bearer" } }),
    });
    const refused = await all();
    expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    const response = await all({ authorization: "Bearer right" });
    expect(response.headers.get("ratelimit")).toBeNull();
    expect(await response.json()).toMatchObject({
      flags: [{ key: "new-checkout", value: true, metadata: {} }],
    });
  });

  test("servers are not served without authorize", () => {
    const { flags } = openShop();
    expect(() => flagRouter(flags, { audience: "server" })).toThrow(/INVALID_OPTIONS/);
  });

  const byHeader: FlagRouterOptions["authorize"] = (incoming) => incoming.get("x-key") === "yes";

  test.each<[string, FlagRouterOptions["authorize"], number]>([
    ["says no", byHeader, 403],
    ["says no later", async (incoming) => byHeader?.(incoming) === true, 403],
    ["rejects", () => Promise.reject(new Error("the directory is down")), 500],
    [
      "throws",
      () => {
        throw new Error("no directory");
      },
      500,
    ],
  ])(
    "where authorize %s nothing is answered, and no stream opened",
    async (_, authorize, status) => {
      const { all, url } = await open({ authorize: authorize as () => boolean });
      for (const response of [await all(), await fetch(`${url}events`)]) {
        expect([response.status, await response.text()]).toEqual([
          status,
          expect.not.stringContaining("new-checkout"),
        ]);
      }
      const allowed = await all({ "x-key": "yes" });
      expect(allowed.status).toBe(status === 403 ? 200 : 500);
    },
  );

  /** A body of unknown length. */
  const streamed = (text: string) => new Blob([text]).stream();
  const tooMuch = JSON.stringify({ context: { targetingKey: "x".repeat(70_000) } });

  test.each([
    ["that says its length", [], () => tooMuch],
    ["that does not", [], () => streamed(tooMuch)],
    ["that a body parser has read", [express.json()], () => tooMuch],
  ])("a body %s and is too large is a 413, and the connection goes on", async (_, before, body) => {
    const { all } = await open({}, ...before);
    for (let times = 0; times < 2; times++) {
      const response = await all({}, body());
      expect([response.status, await response.json()]).toEqual([
        413,
        expect.objectContaining({ errorDetails: expect.any(String) }),
      ]);
    }
    expect((await all()).status).toBe(200);
  });

  test("how large a body may be is the application's to say", async () => {
    const { all } = await open({ bodyLimit: asAda.length });
    expect((await all()).status).toBe(200);
    expect((await all({}, `${asAda} `)).status).toBe(413);
    expect((await all({}, streamed(asAda))).status).toBe(200);
    const larger = await open({ bodyLimit: 100_000 });
    expect((await larger.all({}, tooMuch)).status).toBe(200);
  });

  test("a body without an end is answered as soon as it is too large", async () => {
    const { url } = await open();
    const asked = request(`${url}evaluate/flags`, { method: "POST" }).on("error", () => {});
    asked.write("x".repeat(70_000));
    const [response] = await once(asked, "response");
    expect(response.statusCode).toBe(413);
    asked.destroy();
  });

  test("a browser that goes away while it asks hurts nobody", async () => {
    const { url, all } = await open();
    const asked = request(`${url}evaluate/flags`, {
      method: "POST",
      headers: { expect: "100-continue" },
    });
    asked.on("error", () => {}).flushHeaders();
    await once(asked, "continue");
    await new Promise((resolve) => asked.write('{"half":', resolve));
    asked.destroy();
    expect((await all()).status).toBe(200);
  });

  test("an address that asks too often is answered with 429, and told when to come back", async () => {
    const { all, url } = await open({ rateLimit: { limit: 2, window: 60_000 } });
    expect([(await all()).status, (await all()).status]).toEqual([200, 200]);
    for (const response of [await all(), await fetch(`${url}events`)]) {
      expect(response.status).toBe(429);
      expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(await response.json()).toEqual({ errorDetails: expect.any(String) });
    }
  });

  test("an address may ask as often as it likes where nothing is counted", async () => {
    const { all } = await open({ rateLimit: false });
    const responses = await Promise.all(Array.from({ length: 20 }, () => all()));
    expect(responses.every(({ headers }) => headers.get("ratelimit") === null)).toBe(true);
  });

  test.each([{ limit: 0 }, { window: 0 }, { limit: Number.NaN }])("%j is no rate", (rateLimit) => {
    const { flags } = openShop();
    expect(() => flagRouter(flags, { rateLimit })).toThrow(/INVALID_OPTIONS/);
  });
});
