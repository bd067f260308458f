import type { ClientReport } from "@burgee/core";
import { acceptReport, signReceipt } from "@burgee/core/signed";
import fc from "fast-check";
import { expect, test } from "vitest";
import { definitions, flagSet, openShop } from "./shop.js";

const secret = "a secret of more than 32 characters";
const { "new-checkout": newCheckout, "page-size": pageSize } = definitions;
const client = { "new-checkout": newCheckout, "page-size": pageSize };

async function open() {
  const now = Date.now();
  const { flags, problems } = openShop(flagSet, { secret, client, now: () => now });
  const reports: ClientReport[] = [];
  flags.observe({ reported: (report) => reports.push(report) });
  const receipt = await signReceipt(flags, flags.scope({ targetingKey: "ada", plan: "pro" }));
  return { flags, problems, reports, receipt, now };
}

test("a report with a receipt is told with the variants of the receipt", async () => {
  const { flags, reports, receipt, now } = await open();
  const sent = { receipt, flags: ["new-checkout", "new-checkout"], errorType: "TypeError" };
  await acceptReport(flags, sent);
  expect(reports).toEqual([
    {
      origin: "client",
      verified: true,
      flags: [{ flag: "new-checkout", variant: "on", unit: expect.stringMatching(/^[\w-]{16}$/) }],
      errorType: "TypeError",
      revision: "1",
      reportedAt: now,
    },
  ]);
});

test("a report without a valid receipt names no flag", async () => {
  const { flags, reports } = await open();
  const sent = { receipt: "garbage", flags: ["new-checkout"], errorType: "TypeError" };
  await acceptReport(flags, sent);
  expect(reports).toMatchObject([{ verified: false, flags: [], revision: undefined }]);
});

test("a flag that the receipt does not name is not told", async () => {
  const { flags, reports, receipt } = await open();
  const keys = ["search-ranking", "no-such-flag", "__proto__", 1, null, {}];
  await acceptReport(flags, { receipt, flags: keys, errorType: "TypeError" });
  expect(reports).toMatchObject([{ verified: true, flags: [] }]);
});

test.each([
  ["a message", "cannot read the cart of ada@example.com"],
  ["a long name", "E".repeat(65)],
  ["no text", { name: "TypeError" }],
  ["nothing", null],
])("an error type that is %s is _OTHER", async (_name, errorType) => {
  const { flags, reports, receipt } = await open();
  await acceptReport(flags, { receipt, flags: [], errorType });
  expect(reports).toMatchObject([{ errorType: "_OTHER" }]);
});

test("whatever is sent, nothing rejects and only flags of the receipt are told", async () => {
  const { flags, reports, receipt, problems } = await open();
  const hostile = fc.record({
    receipt: fc.oneof(fc.constant(receipt), fc.anything()),
    flags: fc.oneof(fc.array(fc.anything()), fc.anything()),
    errorType: fc.anything(),
  });
  await fc.assert(fc.asyncProperty(hostile, (sent) => acceptReport(flags, sent)));
  for (const { flags: told, errorType } of reports) {
    for (const { flag } of told) expect(Object.keys(client)).toContain(flag);
    expect(errorType ?? "None").toMatch(/^[\w$.]{1,64}$/);
  }
  expect(problems).toEqual([]);
});

test("an observer that throws at a report costs its sender nothing", async () => {
  const { flags, problems } = await open();
  flags.observe({
    reported: () => {
      throw new Error("broken");
    },
  });
  await acceptReport(flags, { receipt: "", flags: [], errorType: "" });
  expect(problems).toMatchObject([{ code: "OBSERVER_FAILED" }]);
});

test("a report without an error says that its flags were seen", async () => {
  const { flags, reports, receipt } = await open();
  await acceptReport(flags, { receipt, flags: ["new-checkout"] });
  expect(reports).toMatchObject([
    { verified: true, flags: [{ flag: "new-checkout", variant: "on" }], errorType: undefined },
  ]);
});
