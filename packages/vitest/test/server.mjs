// A shop's server, in a process of its own: prints the port it listens on. Run as built.
import { createFlags, defineFlags } from "@burgee/core";
import { flagMiddleware } from "@burgee/express";
import { memoryStore } from "@burgee/stores/memory";
import express from "express";

const definitions = defineFlags({
  "new-checkout": { default: false },
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid", "vector"] },
  "delete-account": { default: false, kind: "permission" },
});
const { FLAG_SECRET: secret, FLAG_ENVIRONMENT: environment = "production", PORT = 0 } = process.env;
const flags = createFlags(definitions, { source: memoryStore(), secret, environment });
flags.observe({ problem() {} }); // none of them is in the store

const app = express();
app.use(flagMiddleware(flags));
app.get("/", ({ flags }, response) => {
  const keys = Object.keys(definitions);
  response.json(Object.fromEntries(keys.map((key) => [key, flags.details(key).variant])));
});
app.get("/redirect", (_request, response) => response.redirect("/page"));
app.get("/page", ({ flags }, response) => {
  response.send(`<!doctype html><link rel="icon" href="data:,"><h1>${flags.get("search-ranking")}</h1>
<p></p><script>fetch("/").then((answer) => answer.json()).then((flags) => {
  document.querySelector("p").textContent = flags["search-ranking"];
})</script>`);
});
app.get("/refused", (_request, response) => response.json(flags.health.refusedOverrides));

const server = app.listen(Number(PORT), "127.0.0.1", () => console.log(server.address().port));
