const { createFlags, defineFlags } = require("@burgee/core");
const { currentScope } = require("@burgee/core/ambient");
const { flagMiddleware } = require("@burgee/express");
const { memoryStore } = require("@burgee/stores/memory");
const express = require("express");

const definitions = defineFlags({
  "new-checkout": { default: false },
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"] },
});

/** A shop, and its flags. */
exports.openShop = (secret) => {
  const flags = createFlags(definitions, { source: memoryStore(), secret });
  flags.observe({ problem() {} }); // none of them is in the store
  const app = express();
  app.use(flagMiddleware(flags));
  app.get("/", async (_request, response) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    response.json(currentScope().get("search-ranking"));
  });
  return { flags, app };
};
