import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { Agent, createServer, get } from "node:http";
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { burgee } from "./lib/adapters.mjs";
import { atMost } from "./lib/bounds.mjs";
import { paired } from "./lib/paired.mjs";

export const title = "What do five flags cost a page of Next 16?";

export const figures = {
  five: "five flags read and settled, ms",
  control: "the same page again, ms",
  page: "the page without flags, ms",
};

export const isFor = (name) => name === burgee;

const dir = fileURLToPath(new URL("next-app", import.meta.url));
const require = createRequire(import.meta.url);

export async function measure() {
  Object.assign(process.env, { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" });
  process.env.BENCH_FLAGS = "on";
  const built = spawnSync(process.execPath, [require.resolve("next/dist/bin/next"), "build", dir]);
  assert.equal(built.status, 0, String(built.stderr));

  const { default: next } = await import("next");
  const application = next({ dev: false, dir, quiet: true });
  await application.prepare();
  const server = createServer(application.getRequestHandler()).listen(0, "127.0.0.1");
  await once(server, "listening");
  process.env.PORT = String(server.address().port);
  const agent = new Agent({ keepAlive: true });
  const ask = (path) => request(agent, server.address().port, path);

  assert.match(await ask("/without"), /true true true true true/);
  assert.match(await ask("/five"), /true true true true true/, "the flags are on");
  const costs = await paired(
    { without: () => ask("/without"), same: () => ask("/same"), five: () => ask("/five") },
    { blocks: 120, perBlock: 20 },
  );
  agent.destroy();
  server.closeAllConnections();
  server.close();
  await application.close();
  return {
    five: (costs.five - costs.without) / 1e6,
    control: Math.abs(costs.same - costs.without) / 1e6,
    page: costs.without / 1e6,
  };
}

async function request(agent, port, path) {
  const asked = get({ agent, host: "127.0.0.1", port, path, headers: { "x-country": "NL" } });
  const [response] = await once(asked, "response");
  return text(response);
}

/** @type {import("./lib/ask.mjs").Question["bounds"]} */
export function bounds(answers) {
  return [atMost("Next: a page with five flags", "ms", answers[burgee]?.five, 0.1)];
}
