import { createFlags } from "@burgee/core";
import { readReceipt } from "@burgee/core/signed";
import { ofrepHandler, payloadOf, scriptText } from "@burgee/ofrep";
import fc from "fast-check";
import { expect, test } from "vitest";
import { client, openShop } from "./shop.js";

test("a payload has the client flags' values in the scope, and is no exposure", () => {
  const { flags } = openShop();
  const scope = flags.scope({ targetingKey: "ada" });
  expect(payloadOf(flags, scope)).toEqual({
    flags: [
      { key: "search-ranking", value: "hybrid", variant: "hybrid", reason: "TARGETING_MATCH" },
      { key: "banner", value: { text: "" }, variant: "none", reason: "DEFAULT" },
    ],
  });
  expect(scope.exposures).toEqual([]);
});

const secret = "a secret of more than 32 characters";

test("a handler's payload says where its page hears of changes, and has a receipt", async () => {
  const { flags, handle } = openShop({}, { secret });
  const scope = flags.scope({ targetingKey: "ada" });
  const payload = await handle.payload(scope, "/flags/");
  expect(payload).toMatchObject(payloadOf(flags, scope));
  expect(payload.eventStreams).toMatchObject([
    { endpoint: { requestUri: expect.stringMatching(/^\/flags\/ofrep\/v1\/events\?since=/) } },
  ]);
  const receipt = await readReceipt(flags, payload.receipt);
  expect(receipt?.flag("search-ranking")?.variant).toBe("hybrid");
  expect(receipt?.flag("secret-pricing")).toBeUndefined();
  expect(scope.exposures).toEqual([]);
});

test("without a secret, and before the first revision, a payload has no receipt but all values", async () => {
  const { flags, handle } = openShop();
  expect(await handle.payload(flags.scope({}), "/flags")).not.toHaveProperty("receipt");
  const early = createFlags(client, { source: { subscribe: () => () => {} }, client, secret });
  early.observe({ problem: () => {} });
  const waiting = ofrepHandler(early);
  const payload = await waiting.payload(early.scope({}), "");
  expect(payload).toMatchObject(payloadOf(early, early.scope({})));
  waiting.close();
});

test("no value can end the script element or the line, and each is read back as it was", () => {
  const hostile = fc.constantFrom("</script>", "<!--", "]]>", "\u2028", "\u2029");
  fc.assert(
    fc.property(fc.array(fc.oneof(hostile, fc.string())), (texts) => {
      const payload = { flags: [{ key: "banner", value: texts.join(""), reason: "STATIC" }] };
      const text = scriptText(payload);
      expect(text).not.toMatch(/[<\u2028\u2029]/);
      expect(JSON.parse(text)).toEqual(payload);
    }),
  );
});
