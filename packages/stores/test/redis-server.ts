import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A redis-server of the test's own, on a free port, with its files in a folder of its own. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** Starts it, if it does not run, and resolves once it takes connections. */
  start(...options: readonly string[]): Promise<void>;
  /** Ends it at once, as `kill -9` does. */
  kill(): Promise<void>;
  /** Stops all it does, until it is resumed. */
  pause(): void;
  resume(): void;
  /** Keeps what it has saved, or puts it back; it must not run. */
  keepSnapshot(): Promise<void>;
  restoreSnapshot(): Promise<void>;
  /** Forgets all that it has saved; it must not run. */
  empty(): Promise<void>;
  /** Ends it, and removes its files. */
  [Symbol.asyncDispose](): Promise<void>;
}

const path = process.env["REDIS_SERVER"] ?? "/usr/bin/redis-server";

/** Starts a redis-server. @param options such as `--appendonly yes` */
export async function startRedis(...options: readonly string[]): Promise<RedisServer> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), "burgee-redis-"));
  const [dump, kept] = [join(folder, "dump.rdb"), join(folder, "kept.rdb")];
  let running: ChildProcess | undefined;

  async function start(...more: readonly string[]): Promise<void> {
    const fixed = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""];
    const quick = ["--repl-diskless-sync-delay", "0"];
    const server = spawn(path, [...fixed, ...quick, ...options, ...more], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    running = server;
    let log = "";
    await new Promise<void>((resolve, reject) => {
      server.stdout.on("data", (chunk) => {
        log += chunk;
        if (log.includes("Ready to accept connections")) resolve();
      });
      server.once("error", reject);
      server.once("exit", () => reject(new Error(`redis-server ended:\n${log}`)));
    });
  }

  async function kill(): Promise<void> {
    const server = running;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "exit");
    server.kill("SIGKILL");
    await ended;
  }

  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    start,
    kill,
    pause: () => running?.kill("SIGSTOP"),
    resume: () => running?.kill("SIGCONT"),
    keepSnapshot: () => copyFile(dump, kept),
    restoreSnapshot: () => copyFile(kept, dump),
    async empty() {
      await rm(dump, { force: true });
      await rm(join(folder, "appendonlydir"), { recursive: true, force: true });
    },
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}
