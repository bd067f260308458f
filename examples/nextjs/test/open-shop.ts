import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { FlagSet } from "@burgee/core";
import type { MonitorSnapshot } from "@burgee/monitor";
import { onTestFinished } from "vitest";
import { environment, example } from "./build-shop.js";

const next = createRequire(import.meta.url).resolve("next/dist/bin/next");

/** A shop that is open, and the file of its flags. */
export type OpenShop = Awaited<ReturnType<typeof openShop>>;

/** What a variant has come to. */
export interface Count {
  readonly exposures: number;
  /** By type. */
  readonly errors: Readonly<Record<string, number>>;
  readonly aborted: number;
}

/** Opens the shop on a free port, with a flag file of its own. */
export async function openShop({ mode = "start", folder = example } = {}) {
  const temporary = await mkdtemp(join(tmpdir(), "burgee-nextjs-"));
  onTestFinished(() => rm(temporary, { recursive: true, force: true }));
  const file = join(temporary, "flags.json");
  await writeFile(file, await readFile(join(example, "flags.json")));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const lines: string[] = [];
  let close = await begin();
  onTestFinished(() => close());

  async function begin() {
    const begun = lines.length;
    const child = spawn(process.execPath, [next, mode, "-p", String(port)], {
      cwd: folder,
      env: { ...environment, FLAGS: file },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const closed = once(child, "close");
    createInterface(child.stderr).on("line", (line) => lines.push(line));
    const output = createInterface(child.stdout).on("line", (line) => lines.push(line));
    while (!lines.slice(begun).some((line) => line.includes("Ready in"))) {
      if (child.exitCode !== null) throw new Error(lines.join("\n"));
      await Promise.race([once(output, "line"), closed]);
    }
    await (await fetch(`${url}/about`)).text(); // by then instrumentation.ts was run
    return async () => {
      if (child.exitCode === null && child.signalCode === null)
        process.kill(-(child.pid as number), "SIGKILL");
      await closed;
    };
  }

  const snapshot = async (): Promise<MonitorSnapshot> => (await fetch(`${url}/monitor`)).json();

  return {
    url,
    /** What its process has printed. */
    lines,
    /** Serves a variant to everybody from now on. */
    async flip(key: string, variant: string): Promise<void> {
      const set = JSON.parse(await readFile(file, "utf8"));
      Object.assign(set.flags[key], { targeting: {}, defaultVariant: variant });
      await writeFile(file, JSON.stringify(set));
    },
    async flagSet(): Promise<FlagSet> {
      return JSON.parse(await readFile(file, "utf8"));
    },
    ask: (path: string, user = "bob", init: RequestInit = {}) =>
      fetch(url + path, {
        redirect: "manual",
        ...init,
        headers: { cookie: `user=${user}`, ...init.headers },
      }),
    /** The text of what a visitor gets. */
    text: async (path: string, user = "bob") =>
      (await fetch(url + path, { headers: { cookie: `user=${user}` } })).text(),
    /** What its monitor has counted. */
    snapshot,
    /** What its monitor has counted of a variant. */
    async count(flag: string, variant: string): Promise<Count> {
      const { cells } = await snapshot();
      const found = cells.filter((cell) => cell.flag === flag && cell.variant === variant);
      const [cell = { exposures: 0, errors: {}, aborted: 0 }, ...splits] = found;
      if (splits.length > 0) throw new Error(`${flag} is split`);
      return { exposures: cell.exposures, errors: cell.errors, aborted: cell.aborted };
    },
    /** What the trouble pages know of their process. */
    async state(): Promise<State> {
      return (await fetch(`${url}/trouble/state`)).json();
    },
    close: () => close(),
    async reopen(): Promise<void> {
      close = await begin();
    },
  };
}

interface State {
  readonly sources: { readonly made: number; readonly followed: number };
  readonly noted: { readonly late: number; readonly after: Readonly<Record<string, boolean>> };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
