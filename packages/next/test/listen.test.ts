import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { currentRecord, recordOf } from "../src/current-record.js";
import { listenToRequests } from "../src/listen.js";
import type { RequestRecord } from "../src/request-record.js";

/** A server that says whose record it finds, after it was away. */
async function openServer() {
  const records = new Set<RequestRecord | undefined>();
  const server = createServer(async (_request, response) => {
    const record = currentRecord();
    records.add(record);
    await turn();
    await turn();
    const found = currentRecord() === record ? record?.exchange?.request.headers["x-user"] : "";
    response.end(String(found));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, records };
}

test("each of 1,500 requests at once has a record of its own, however often it awaits", async () => {
  listenToRequests();
  listenToRequests(); // as another bundle does
  const { url, records } = await openServer();
  const users = Array.from({ length: 1500 }, (_, index) => `user-${index}`);
  const found = await Promise.all(
    users.map(async (user) => (await fetch(url, { headers: { "x-user": user } })).text()),
  );
  expect(found).toEqual(users);
  expect(records.size).toBe(1500);
});

test("a request that was not seen as it came in has the record that is carried for it", () => {
  const request = {};
  const begun: RequestRecord[] = [];
  const record = recordOf(request, (one) => begun.push(one));
  expect(recordOf(request, (one) => begun.push(one))).toBe(record);
  expect(recordOf({}, (one) => begun.push(one))).not.toBe(record);
  expect(begun).toHaveLength(2);
});
