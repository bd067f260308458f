import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, vi } from "vitest";

/** One series of a query's answer. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  /** The time, in seconds, and the value. */
  readonly value: readonly [number, string];
}

/** A Prometheus of the test's own. */
export interface PrometheusServer {
  /** Asks a query now. */
  query(promql: string): Promise<readonly Series[]>;
  /** What it knows of a metric. */
  metadata(metric: string): Promise<unknown>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What its interface answers. */
interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: unknown;
}

const path = process.env["PROMETHEUS"] ?? "/usr/bin/prometheus";

/** Starts a Prometheus that reads one address five times a second. */
export async function startPrometheus(scraped: URL): Promise<PrometheusServer> {
  const folder = await mkdtemp(join(tmpdir(), "burgee-prometheus-"));
  const config = join(folder, "prometheus.yml");
  const job = {
    job_name: "shop",
    metrics_path: scraped.pathname,
    static_configs: [{ targets: [scraped.host] }],
  };
  const global = { scrape_interval: "200ms", scrape_timeout: "200ms" };
  await writeFile(config, JSON.stringify({ global, scrape_configs: [job] })); // YAML, too
  const address = `127.0.0.1:${await freePort()}`;
  const server = spawn(
    path,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=${address}`,
      "--log.level=warn",
    ],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
  const ended = once(server, "exit");
  await vi.waitFor(async () => expect((await fetch(`http://${address}/-/ready`)).ok).toBe(true), {
    timeout: 30_000,
    interval: 100,
  });

  async function ask(resource: string, search: Record<string, string>): Promise<unknown> {
    const url = `http://${address}/api/v1/${resource}?${new URLSearchParams(search)}`;
    const { status, error, data } = (await (await fetch(url)).json()) as Answer;
    expect({ status, error }).toEqual({ status: "success" });
    return data;
  }

  return {
    async query(query) {
      return ((await ask("query", { query })) as { readonly result: readonly Series[] }).result;
    },
    async metadata(metric) {
      return ((await ask("metadata", { metric })) as Record<string, unknown>)[metric];
    },
    async [Symbol.asyncDispose]() {
      server.kill("SIGKILL");
      await ended;
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
