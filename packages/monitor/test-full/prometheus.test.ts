import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { PROMETHEUS_CONTENT_TYPE } from "@burgee/monitor";
import { beforeAll, expect, test, vi } from "vitest";
import { type Counted, countedFlags, newCheckout } from "../test/counted.js";
import { type PrometheusServer, type Series, startPrometheus } from "./prometheus-server.js";

const promtool = join(dirname(process.env["PROMETHEUS"] ?? "/usr/bin/prometheus"), "promtool");

/** The queries that a guide gives, each with the comment it begins with. */
function queriesOf(name: string): [title: string, query: string][] {
  const guide = readFileSync(join(import.meta.dirname, `../../../docs/guides/${name}.md`), "utf8");
  const fences = guide.matchAll(/^```promql\n# (.*)\n([\s\S]*?)^```$/gm);
  return [...fences].map(([, title = "", query = ""]) => [title, query]);
}

const queries = new Map(["monitor", "grafana-and-prometheus"].flatMap(queriesOf));

/** Some work, of which every fifth with the new checkout fails. */
function serve({ flags }: Counted, requests: number): void {
  for (let unit = 0; unit < requests; unit++) {
    const scope = flags.scope({ targetingKey: `user-${unit}` });
    scope.get("search-ranking");
    if (scope.get("new-checkout") && unit % 5 === 0) scope.fail(new TypeError("no total"));
    scope.settle();
  }
}

test("promtool reads it, and finds nothing but what OpenMetrics calls otherwise", () => {
  const counted = countedFlags(newCheckout(50));
  counted.monitor.guard({ flag: "new-checkout", action: "notify" });
  serve(counted, 1000);
  const { status, stdout, stderr } = spawnSync(promtool, ["check", "metrics"], {
    input: counted.monitor.prometheus(),
    encoding: "utf8",
  });
  // promtool goes by the older format, where a counter is called as its sample is: it finds no
  // help of `…_total`. It ends with 1 if it cannot read a text, with 3 if it would have it otherwise.
  const found = `${stdout}${stderr}`.split("\n").filter((line) => line !== "");
  expect(found.filter((line) => !/^feature_flag_\w+_total no help text$/.test(line))).toEqual([]);
  expect(status).toBe(3);
});

let prometheus: PrometheusServer;

beforeAll(async () => {
  const counted = countedFlags(newCheckout(50));
  counted.monitor.guard({ flag: "new-checkout", action: "notify", bucket: 200 });
  const server = createServer((_request, response) => {
    serve(counted, 1000);
    response.setHeader("content-type", PROMETHEUS_CONTENT_TYPE);
    response.end(counted.monitor.prometheus());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  prometheus = await startPrometheus(new URL(`http://127.0.0.1:${port}/metrics`));
  await vi.waitFor(
    async () => expect(await firstOf("scrape_samples_scraped > 0 and up == 1")).toBeGreaterThan(0),
    { timeout: 30_000, interval: 100 },
  );
  await vi.waitFor(
    async () => expect(await firstOf("count_over_time(up[1m])")).toBeGreaterThan(10),
    { timeout: 30_000, interval: 100 },
  );
  return async () => {
    await prometheus[Symbol.asyncDispose]();
    server.close();
  };
}, 90_000);

async function firstOf(promql: string): Promise<number> {
  const [series] = await prometheus.query(promql);
  return Number(series?.value[1] ?? Number.NaN);
}

/** What a query of the guides answers. */
function ask(title: string): Promise<readonly Series[]> {
  const query = queries.get(title);
  if (query === undefined) throw new Error(`no guide has the query "${title}"`);
  return prometheus.query(query);
}

/** A query's values, by variant of the new checkout. */
async function byVariant(title: string): Promise<Record<string, number>> {
  const series = await ask(title);
  const checkout = series.filter(({ metric }) => metric["feature_flag_key"] === "new-checkout");
  return Object.fromEntries(
    checkout.map(({ metric, value }) => [metric["feature_flag_result_variant"], Number(value[1])]),
  );
}

test("Prometheus reads it as OpenMetrics: it knows units, which the older format has not", async () => {
  expect(await prometheus.metadata("feature_flag_operation_duration_seconds")).toMatchObject([
    { type: "histogram", unit: "seconds", help: expect.stringContaining("How long") },
  ]);
  expect(await prometheus.metadata("feature_flag_exposures")).toMatchObject([{ type: "counter" }]);
});

test("every query of the guides is one", async () => {
  expect(queries.size).toBeGreaterThanOrEqual(15);
  for (const query of queries.values()) await prometheus.query(query);
});

test("the share that fails is told for each variant, none among them", async () => {
  const rates = await byVariant("the share of failed requests, by variant");
  expect(rates).toEqual({ on: expect.closeTo(0.2, 1), off: 0 });
});

test("the variant that fails more is the one that does", async () => {
  expect(await byVariant("the variant that fails most, of each flag")).toEqual({
    on: expect.closeTo(0.2, 1),
  });
});

test("how much more often a variant fails is told within its split", async () => {
  const [series, ...others] = await ask(
    'how much more often "on" fails than "off", within each split',
  );
  expect(series?.metric["feature_flag_split_id"]).toMatch(/^\/fractional#/);
  expect(Number(series?.value[1])).toBeCloseTo(0.2, 1);
  expect(others).toEqual([]);
});

test("what fails is told by error type", async () => {
  const series = await ask("failures per second, by variant and error type");
  const types = series
    .filter(({ metric }) => metric["feature_flag_key"] === "new-checkout")
    .map(({ metric }) => metric["error_type"]);
  expect(types).toEqual(["TypeError"]);
});

test("the 95th percentile is told for each variant", async () => {
  const p95 = await byVariant("the 95th percentile, in seconds, by variant");
  expect(Object.keys(p95).sort()).toEqual(["off", "on"]);
  for (const seconds of Object.values(p95)) expect(seconds).toBeLessThanOrEqual(0.005);
});

test("requests per second are told for each variant", async () => {
  const rates = await byVariant("requests per second, by variant");
  expect(rates).toEqual({ on: expect.any(Number), off: expect.any(Number) });
  expect((rates["on"] as number) / (rates["off"] as number)).toBeCloseTo(1, 0);
  expect(rates["on"]).toBeGreaterThan(1);
});

test("a guarded variant that fails is told, by its evidence", async () => {
  const evidence = await byVariant("guarded variants with evidence against them");
  expect(evidence).toEqual({ on: expect.any(Number) });
  expect(evidence["on"]).toBeGreaterThan(100);
});

test("the variant of one flag that fails more is told, by what, and whether it is slower", async () => {
  const shares = await ask(
    "which variant fails more: the share of its requests that failed, in the last five minutes",
  );
  const told = shares.map(({ metric, value }) => [
    metric["feature_flag_result_variant"],
    Number(value[1]),
  ]);
  expect(Object.fromEntries(told)).toEqual({ on: expect.closeTo(0.2, 1), off: 0 });
  const errors = await ask("what a variant fails by, per second");
  expect(errors.map(({ metric }) => metric["error_type"])).toEqual(["TypeError"]);
  const slow = await ask(
    "which variant is slower: the share of its requests that took over 500 ms",
  );
  expect(slow.map(({ value }) => Number(value[1]))).toEqual([0, 0]);
});

test("nothing is found where nothing is wrong", async () => {
  expect(await ask("splits whose units do not arrive as they should")).toEqual([]);
  expect(await ask("trips in the last hour, by variant")).toEqual([]); // its guard only notifies
  expect(await ask("what is no longer counted by itself")).toEqual([]);
  expect(await ask("flags whose rules fail, so that their default serves")).toEqual([]);
  expect(await ask("trips of the guard, of one flag")).toEqual([]);
});
