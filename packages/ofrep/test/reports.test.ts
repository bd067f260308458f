import type { ClientReport } from "@burgee/core";
import type { OfrepOptions } from "@burgee/ofrep";
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { openShop } from "./shop.js";

afterEach(() => void vi.useRealTimers());

async function open(options: OfrepOptions = {}) {
  const shop = openShop(options, { secret: "a secret of more than 32 characters" });
  const reports: ClientReport[] = [];
  shop.flags.observe({ reported: (report) => reports.push(report) });
  const scope = shop.flags.scope({ targetingKey: "ada" });
  const { receipt } = await shop.handle.payload(scope, "/flags");
  const send = async (body: BodyInit, type = "application/json", address = "") => {
    const headers = { "content-type": type, "x-address": address };
    const url = "http://localhost/flags/reports";
    const response = await shop.handle(new Request(url, { method: "POST", body, headers }));
    return [response.status, await response.text()];
  };
  return { ...shop, reports, receipt, send };
}

const flags = ["search-ranking"];
const error = { type: "TypeError" };

test.each(["application/json", "text/plain;charset=UTF-8"])(
  "a report sent as %s is told to observers, with the variants of its receipt",
  async (type) => {
    const { send, reports, receipt } = await open();
    expect(await send(JSON.stringify({ receipt, flags, error }), type)).toEqual([204, ""]);
    expect(reports).toMatchObject([
      {
        origin: "client",
        verified: true,
        flags: [{ flag: "search-ranking", variant: "hybrid" }],
        errorType: "TypeError",
      },
    ]);
  },
);

test("a report without an error tells observers that its flags were seen", async () => {
  const { send, reports, receipt } = await open();
  expect(await send(JSON.stringify({ receipt, flags }))).toEqual([204, ""]);
  expect(reports).toMatchObject([
    { verified: true, flags: [{ flag: "search-ranking", variant: "hybrid" }] },
  ]);
  expect(reports[0]?.errorType).toBeUndefined();
});

test.each([null, "TypeError", {}, { type: null }, { type: "a message of ada@example.com" }])(
  "an error that is %j is an error, of no type that is known",
  async (strange) => {
    const { send, reports, receipt } = await open();
    await send(JSON.stringify({ receipt, flags, error: strange }));
    expect(reports).toMatchObject([{ verified: true, errorType: "_OTHER" }]);
  },
);

test("what a report says of variants is not heard", async () => {
  const { send, reports, receipt } = await open();
  const said = { receipt, flags, error, variants: { "search-ranking": "bm25" }, variant: "bm25" };
  await send(JSON.stringify(said));
  expect(reports).toMatchObject([{ flags: [{ variant: "hybrid" }] }]);
});

test("nothing of an error is kept but its class", async () => {
  const { send, reports, receipt } = await open();
  const leaky = { type: "TypeError", message: "of ada@example.com", stack: "at ada.js" };
  await send(JSON.stringify({ receipt, flags, error: leaky, user: "ada@example.com" }));
  expect(JSON.stringify(reports)).not.toMatch(/ada|stack|message/);
});

test.each([
  ["without a receipt", JSON.stringify({ flags, error })],
  ["with a wrong one", JSON.stringify({ receipt: "garbage", flags, error })],
  ["that is no JSON", "garbage"],
  ["that is a list", "[]"],
  ["that is empty", ""],
  ["that is far too large", JSON.stringify({ flags, error, more: "x".repeat(70_000) })],
  ["whose error is no object", JSON.stringify({ flags: {}, error: null })],
])("a report %s is answered like any other, and unverified", async (_name, body) => {
  const { send, reports } = await open();
  expect(await send(body)).toEqual([204, ""]);
  expect(reports).toMatchObject([{ verified: false, flags: [] }]);
});

test("whatever is sent, the answer is the same", async () => {
  const { send } = await open();
  const texts = fc.oneof(fc.json(), fc.string(), fc.uint8Array().map(String));
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      expect(await send(text)).toEqual([204, ""]);
    }),
  );
});

test("in one minute only so many reports are told, and in the next there are more", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const { send, reports } = await open();
  for (let sent = 0; sent < 6010; sent++) await send("{}");
  expect(reports).toHaveLength(6000);
  vi.advanceTimersByTime(60_000);
  expect(await send("{}")).toEqual([204, ""]);
  expect(reports).toHaveLength(6001);
});

test("one address's reports take nothing from another's, and are answered all the same", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const { send, reports } = await open({
    address: (request) => request.headers.get("x-address") ?? undefined,
    limits: { reports: 5, reportsPerAddress: 3 },
  });
  const from = (address: string) => send("{}", "text/plain", address);
  for (let sent = 0; sent < 9; sent++) expect(await from("ada")).toEqual([204, ""]);
  expect(reports).toHaveLength(3);
  for (let sent = 0; sent < 9; sent++) await from("bob");
  expect(reports).toHaveLength(5);
  vi.advanceTimersByTime(60_000);
  await from("ada");
  expect(reports).toHaveLength(6);
});
