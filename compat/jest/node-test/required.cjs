const assert = require("node:assert/strict");
const { after, test } = require("node:test");
const { withFlags } = require("@burgee/vitest/with-flags");
const { openShop } = require("../shop.js");

const { flags } = openShop();
after(() => flags.close());

test("a job is served what is overridden", async () => {
  const read = () => flags.run({}, async (scope) => scope.get("search-ranking"));
  assert.equal(await withFlags({ "search-ranking": "hybrid" }, read), "hybrid");
  assert.equal(await read(), "bm25");
});
