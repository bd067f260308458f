import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const path = process.env.REDIS_SERVER ?? "/usr/bin/redis-server";

/** Starts a redis-server of its own, which keeps nothing. */
export async function startRedis() {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "burgee-bench-"));
  const options = ["--port", port, "--bind", "127.0.0.1", "--dir", folder, "--save", ""];
  const server = spawn(path, options.map(String), { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(server, "exit");
  await Promise.race([
    ready(server.stdout),
    ended.then(() => Promise.reject(new Error(`${path} has ended`))),
  ]);
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      server.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

async function ready(output) {
  let log = "";
  for await (const chunk of output.iterator({ destroyOnReturn: false })) {
    log += chunk;
    if (log.includes("Ready to accept connections")) return;
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}
