// One instance of a shop, in a process of its own: `fork(program, [url of Redis, seed, share of "on" that
// fails])`. It serves over HTTP, asks itself 300 times a second, and tells its parent what it answers and
// what its guard does. It ends with its parent, and after two minutes at the latest.
import { once } from "node:events";
import { Agent, createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { createFlags, defineFlags } from "@burgee/core";
import { openOnRequest, type RequestScopeOptions } from "@burgee/core/node";
import { createMonitor, type GuardEvent, redisFleet } from "@burgee/monitor";
import { redisStore } from "@burgee/stores/redis";
import { createClient } from "redis";
import { seeded } from "./seeded.js";

/** The answers that had one variant, and when: in milliseconds since the epoch, 0 while there was none. */
export interface Answers {
  readonly count: number;
  readonly first: number;
  readonly last: number;
}

/** What an instance tells. */
export interface Told {
  /** What its guard did; or that it has answered thirty more requests. */
  readonly what: GuardEvent["type"] | "serving";
  /** When, in milliseconds since the epoch. */
  readonly at: number;
  /** Whether it has written an audit entry by that. */
  readonly wrote: boolean;
  /** The answers it had got by then. */
  readonly answers: Readonly<Record<"on" | "off", Answers>>;
  /** How many of the fleet's exposures to the treatment its guard knew of. */
  readonly judged: number;
}

/** Requests a second. */
const RATE = 300;

const [url = "", seed = "", bad = ""] = process.argv.slice(2);
const users = seeded(Number(seed));
const failures = seeded(-Number(seed));
setTimeout(() => process.exit(), 120_000);
process.once("disconnect", () => process.exit());

const client = createClient({ url });
client.on("error", () => {});
await client.connect();
const store = redisStore({ client, key: "shop" });
const flags = createFlags(defineFlags({ "new-checkout": { default: false } }), { source: store });
flags.observe({ problem() {} });
await flags.ready();
const monitor = createMonitor(flags, { store, fleet: redisFleet({ client, key: "shop" }) });
const guard = monitor.guard({ flag: "new-checkout", bucket: 200, window: "1h" });
const answers = { on: none(), off: none() };
let answered = 0;
guard.observe(({ type, entry }) => tell(type, entry !== undefined));
if (guard.state !== "armed") tell(guard.state); // as the store had it when it began

function none(): Answers {
  return { count: 0, first: 0, last: 0 };
}

function tell(what: Told["what"], wrote = false): void {
  const judged = guard.evidence[0]?.counts.treatment.exposures ?? 0;
  const told: Told = { what, at: Date.now(), wrote, answers, judged };
  process.send?.(told);
}

const options: RequestScopeOptions<{ readonly url?: string | undefined }> = {
  context: ({ url }) => ({ targetingKey: url }),
};
const server = createServer(async (request, response) => {
  const scope = await openOnRequest(flags, options, request, response, request);
  const on = scope.get("new-checkout");
  response.statusCode = failures() < (on ? Number(bad) : 0.01) ? 500 : 200;
  response.setHeader("x-variant", on ? "on" : "off").end();
}).listen(0, "127.0.0.1");
server.keepAliveTimeout = 0; // its one client is done when it is
await once(server, "listening");
const { port } = server.address() as AddressInfo;

const agent = new Agent({ keepAlive: true, maxSockets: 10 });

function ask(): void {
  const path = `/user-${Math.floor(1e9 * users())}`;
  get({ host: "127.0.0.1", port, path, agent }, (response) => {
    response.resume();
    count(response.headers["x-variant"] as "on" | "off", Date.now());
  });
}

function count(variant: "on" | "off", now: number): void {
  const { count, first } = answers[variant];
  answers[variant] = { count: count + 1, first: count === 0 ? now : first, last: now };
  answered++;
  if (answered % 30 === 0) tell("serving");
}

const started = performance.now();
let asked = 0;
setInterval(() => {
  for (const due = (RATE * (performance.now() - started)) / 1000; asked < due; asked++) ask();
}, 10);
