// node --expose-gc listeners-server.mjs burgee|by-hand: an Express server of a stream of changes. It says its port; asked for
// its heap, that; asked for a change, when it made one.
import { once } from "node:events";
import { createFlags } from "@burgee/core";
import { flagRouter } from "@burgee/express";
import { memoryStore } from "@burgee/stores/memory";
import express from "express";
import { heapInUse } from "./measure.mjs";

process.once("disconnect", () => process.exit());

const app = express();
const changed = process.argv[2] === "burgee" ? await ours() : byHand();
const server = app.listen(0, "127.0.0.1");
await once(server, "listening");
process.send({ port: server.address().port });

process.on("message", async (asked) => {
  if (asked === "heap") return process.send({ heapUsed: (await heapInUse()) * 2 ** 20 });
  const changedAt = String(process.hrtime.bigint());
  await changed();
  process.send({ changedAt });
});

async function ours() {
  const client = { header: { default: false } };
  const store = memoryStore({ flags: { header: onOff("off") } });
  const flags = createFlags(client, { source: store, client });
  await flags.ready();
  app.use(
    "/flags",
    flagRouter(flags, {
      rateLimit: false,
      limits: { streamsPerAddress: Number.POSITIVE_INFINITY },
    }),
  );
  return async () => {
    const change = { actor: "bench", reason: "how long does it take?", kind: "manual" };
    const { id: expected } = await store.read();
    await store.commit({ ...change, expected, flags: { put: { header: onOff("on") } } });
  };
}

function onOff(defaultVariant) {
  return { state: "ENABLED", variants: { on: true, off: false }, defaultVariant };
}

function byHand() {
  const listeners = new Set();
  app.get("/flags/ofrep/v1/events", (request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write("retry: 1000\n\n");
    listeners.add(response);
    request.on("close", () => listeners.delete(response));
  });
  return () => {
    const data = JSON.stringify({ type: "refetchEvaluation" });
    for (const response of listeners) response.write(`event: message\ndata: ${data}\n\n`);
  };
}
