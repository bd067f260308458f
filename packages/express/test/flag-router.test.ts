import { once } from "node:events";
import { request } from "node:http";
import { createFlags } from "@burgee/core";
import { flagRouter } from "@burgee/express";
import { memoryStore } from "@burgee/stores/memory";
import express, { type RequestHandler } from "express";
import { expect, onTestFinished, test } from "vitest";
import { definitions, onOff, serve } from "./shop.js";

const { "new-checkout": newCheckout } = definitions;

async function open(...before: RequestHandler[]) {
  const onForAda = onOff("off", { if: [{ "==": [{ var: "targetingKey" }, "ada"] }, "on"] });
  const store = memoryStore({ flags: { "new-checkout": onForAda } });
  const client = { "new-checkout": newCheckout };
  const flags = createFlags(client, { source: store, client });
  const router = flagRouter(flags);
  onTestFinished(() => {
    router.close();
    flags.close();
  });
  const app = express();
  for (const middleware of before) app.use(middleware);
  app.use("/flags", router);
  const url = `${await serve(app)}/flags/ofrep/v1/`;
  const all = (headers: Record<string, string> = {}) =>
    fetch(`${url}evaluate/flags`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: '{"context":{"targetingKey":"ada"}}',
    });
  return { store, flags, url, all };
}

test.each([
  ["alone", []],
  ["after a body parser", [express.json()]],
])("%s, it answers the client flags where it is mounted", async (_name, before) => {
  const { all } = await open(...before);
  const response = await all();
  expect(await response.json()).toMatchObject({
    flags: [{ key: "new-checkout", value: true, variant: "on", reason: "TARGETING_MATCH" }],
    eventStreams: [{ endpoint: { requestUri: "/flags/ofrep/v1/events" } }],
  });
  const etag = response.headers.get("etag") ?? "";
  expect((await all({ "if-none-match": etag })).status).toBe(304);
});

test("its stream tells a change, and ends when the browser goes away", async () => {
  const { store, flags, url } = await open();
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
});

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
  const { flags, all } = await open(answered);
  await flags.ready();
  for (let requests = 0; requests < 2; requests++) expect(await (await all()).text()).toBe("early");
});
