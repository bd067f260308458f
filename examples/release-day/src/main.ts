import { fork } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createFlags, percent, writeRule } from "@burgee/core";
import { between, createMonitor, formatTable } from "@burgee/monitor";
import { flagTelemetry, traceIdOf } from "@burgee/opentelemetry";
import { fileStore } from "@burgee/stores/file";
import { copyFlagFile } from "./flag-file.js";
import { clientFlags } from "./flags.js";
import { lastFailure } from "./last-failure.js";
import { errorsOf, secondLine } from "./screen.js";
import { createShop } from "./shop.js";
import { startTelemetry } from "./telemetry.js";
import { verdict } from "./verdict.js";

const { values: options } = parseArgs({
  options: {
    /** Keeps the shop open after the story. */
    stay: { type: "boolean", default: false },
    /** Releases a checkout without the bug: nothing trips. */
    healthy: { type: "boolean", default: false },
    /** How long the story takes, at most. */
    seconds: { type: "string", default: "54" },
  },
});

const length = Number(options.seconds);
if (!(length >= 6)) {
  console.log("--seconds takes a number, 6 or more");
  process.exit(1);
}

const file = await copyFlagFile(new URL("../flags.json", import.meta.url));
const store = fileStore(file.path);
const flags = createFlags(clientFlags, { source: store, client: clientFlags });
const telemetry = startTelemetry(new URL("spans.ndjson", import.meta.url));
const stopTelemetry = flagTelemetry(flags);
const monitor = createMonitor(flags, { store, traceId: traceIdOf });
const guard = monitor.guard({ flag: "new-checkout", bucket: "1s", window: "1h" });
let trippedAt = 0;
guard.observe(({ type }) => {
  if (type === "tripped") trippedAt = Date.now();
});
const seen = { first: 0, last: 0 };
flags.observe({
  problem: (problem) => console.log(problem.message),
  exposure({ flag, variant }) {
    if (flag !== "new-checkout" || variant !== "on") return;
    seen.first ||= Date.now();
    seen.last = Date.now();
  },
});
await flags.ready({ timeout: 2000 });

const { healthy } = options;
const shop = createShop({ flags, monitor, telemetry, healthy });
const server = shop.listen(Number(process.env["PORT"] ?? 0), "127.0.0.1");
await once(server, "listening");
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const customers = fork(new URL("./load.js", import.meta.url), [url]);

const closing = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => closing.abort());

let second = 0;

/** Shows each second of an act of the story, until it is over. */
async function act(name: string, seconds: number, over = () => false): Promise<void> {
  for (let left = seconds; left > 0 && !over(); left--) {
    const before = monitor.snapshot();
    await wait(1000, undefined, { signal: closing.signal });
    console.log(secondLine(++second, name, "new-checkout", between(before, monitor.snapshot())));
  }
}

function errorsOfNewCheckout(): number {
  const { cells } = monitor.snapshot();
  return errorsOf(cells.filter(({ flag }) => flag === "new-checkout"));
}

try {
  console.log(`The shop is open: ${url} (process ${process.pid})`);
  console.log(`Its flags are in ${file.path}`);
  console.log(`Its spans go to ${telemetry.path}\n`);

  await act("all off", Math.round(length / 6));

  const released = Date.now();
  await file.edit("new-checkout", (flag) => writeRule(flag, percent({ on: 50 })));
  await act("50 % on", Math.round(length / 2), () => trippedAt > 0);
  const tripped = trippedAt > 0;

  await act(tripped ? "tripped" : "50 % on", 1);
  const errors = errorsOfNewCheckout();
  await act(tripped ? "tripped" : "50 % on", Math.round(length / 3) - 1);
  const later = errorsOfNewCheckout() - errors;

  console.log(`\n${formatTable(monitor.snapshot())}\n`);
  console.log(
    `The first customer had the new checkout ${seen.first - released} ms after the file said so.`,
  );
  if (tripped) {
    console.log(
      `The guard tripped it ${((trippedAt - released) / 1000).toFixed(1)} s later, by itself;`,
    );
    console.log(`the last customer had it ${Math.max(0, seen.last - trippedAt)} ms after that.`);
    console.log(
      `It failed ${errors} times, and ${later} times from a second later on. Nothing was restarted.`,
    );
  } else {
    console.log(`The guard did not trip it. It is ${guard.state}.`);
  }
  console.log(`\n${await verdict("new-checkout", guard, store)}`);
  console.log(`\n${lastFailure("new-checkout", monitor.snapshot(), telemetry)}`);
  if (tripped === healthy || (tripped && later > 0)) process.exitCode = 1;

  if (options.stay) {
    console.log(`\nThe shop stays open. Edit ${file.path} and watch; Ctrl-C closes it.\n`);
    await act("as you like", Number.POSITIVE_INFINITY);
  }
} catch (error) {
  if (!closing.signal.aborted) throw error;
} finally {
  if (customers.connected) customers.disconnect();
  server.close();
  server.closeAllConnections();
  monitor.close();
  stopTelemetry();
  await telemetry.stop();
  flags.close();
  await file.remove();
}
