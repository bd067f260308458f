import assert from "node:assert/strict";
import { after, test } from "node:test";
import { withFlags } from "@burgee/vitest/with-flags";
import shop from "../shop.js";

// the shop requires what is imported here: two copies of each package, in one process
const { flags } = shop.openShop();
after(() => flags.close());

const read = () => flags.run({}, async (scope) => scope.get("new-checkout"));

test("tests that run in parallel have overrides of their own", { concurrency: true }, async (t) => {
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      t.test(`test ${index}`, async () => {
        const variant = index % 2 === 0 ? "on" : "off";
        assert.equal(await withFlags({ "new-checkout": variant }, read), variant === "on");
      }),
    ),
  );
  assert.equal(await read(), false);
});
