import { payloadOf, scriptText } from "@burgee/ofrep";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openShop } from "./shop.js";

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
