import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Flags } from "@burgee/core";
import { carryScope, settleOnClose } from "@burgee/core/node";
import { expect, onTestFinished, test, vi } from "vitest";
import { flagSet, openShop } from "./shop.js";

/** What the outcome of a response is that is answered like this. */
async function outcomeOf(answer: (response: ServerResponse) => void) {
  const { flags, settlements } = openShop(flagSet);
  const server = createServer((request, response) => {
    carryScope(request, (flags as unknown as Flags).scope({}));
    settleOnClose(request, response);
    answer(response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).catch(() => {});
  await vi.waitFor(() => expect(settlements).toHaveLength(1));
  const { status, errorType } = settlements[0]?.outcome ?? {};
  return { status, errorType };
}

const broken = new TypeError("the disk is gone");

test.each<[string, (response: ServerResponse) => void, string, string | undefined]>([
  ["finished", (response) => response.end(), "ok", undefined],
  ["finished with 404", (response) => response.writeHead(404).end(), "ok", undefined],
  ["finished with 503", (response) => response.writeHead(503).end(), "error", "503"],
  ["destroyed", (response) => response.destroy(), "aborted", undefined],
  ["destroyed with an error", (response) => response.destroy(broken), "error", "TypeError"],
  [
    "finished, and destroyed with an error afterwards",
    (response) => response.on("finish", () => response.destroy(broken)).end(),
    "ok",
    undefined,
  ],
])("a response that was %s settles its scope accordingly", async (_, answer, status, errorType) => {
  expect(await outcomeOf(answer)).toEqual({ status, errorType });
});

test.each([
  ["before its answer", () => {}, undefined],
  ["in the middle of its answer", (response: ServerResponse) => response.flushHeaders(), true],
])("a caller who goes away %s is told from one who does not", async (_, begin, headersSent) => {
  const { flags, settlements } = openShop(flagSet);
  const server = createServer((request, response) => {
    carryScope(request, (flags as unknown as Flags).scope({}));
    settleOnClose(request, response);
    begin(response);
    request.socket.destroy();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).catch(() => {});
  await vi.waitFor(() => expect(settlements).toHaveLength(1));
  const { outcome } = settlements[0] as (typeof settlements)[0];
  expect([outcome.status, outcome.headersSent]).toEqual(["aborted", headersSent]);
});

test("a response that has closed already settles its scope at once", async () => {
  const { flags, settlements } = openShop(flagSet);
  const server = createServer((request, response) => {
    response.destroy();
    response.on("close", () => {
      carryScope(request, (flags as unknown as Flags).scope({}));
      settleOnClose(request, response);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).catch(() => {});
  await vi.waitFor(() => expect(settlements).toHaveLength(1));
  expect(settlements[0]?.outcome).toMatchObject({ status: "aborted" });
});
