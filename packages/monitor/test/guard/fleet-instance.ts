import { createFlags, defineFlags } from "@burgee/core";
import { createMonitor, type GuardEvent, redisFleet } from "@burgee/monitor";
import { redisStore } from "@burgee/stores/redis";
import { createClient } from "redis";
import { seeded } from "./seeded.js";

const definitions = defineFlags({ "new-checkout": { default: false } });

/** Requests a second of one instance. */
const RATE = 300;
const TICK = 20;

/** One instance of a shop: its own connection, flags, monitor and guard, and its requests. */
export async function startInstance(url: string, seed: number, bad: number) {
  const client = createClient({ url });
  client.on("error", () => {});
  await client.connect();
  const store = redisStore({ client, key: "shop" });
  const flags = createFlags(definitions, { source: store });
  flags.observe({ problem() {} });
  await flags.ready();
  const monitor = createMonitor(flags, { store, fleet: redisFleet({ client, key: "shop" }) });
  const guard = monitor.guard({ flag: "new-checkout", bucket: 200, window: "1h" });
  const events: GuardEvent[] = [];
  guard.observe((event) => events.push(event));
  const random = seeded(seed);
  let lastOn = 0;

  function request(): void {
    const scope = flags.scope({ targetingKey: `user-${Math.floor(1e9 * random())}` });
    const on = scope.get("new-checkout");
    if (on) lastOn = Date.now();
    if (random() < (on ? bad : 0.01)) scope.fail(new TypeError("no total"));
    scope.settle();
  }

  const requests = setInterval(() => {
    for (let count = 0; count < (RATE * TICK) / 1000; count++) request();
  }, TICK);

  function stop(): void {
    clearInterval(requests);
    monitor.close();
    flags.close();
    if (client.isOpen) client.destroy();
  }

  /** Resolves with the first event of a type. */
  function told(type: GuardEvent["type"]): Promise<GuardEvent> {
    const known = events.find((event) => event.type === type);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve) => {
      const end = guard.observe((event) => {
        if (event.type !== type) return;
        end();
        resolve(event);
      });
    });
  }

  return { flags, store, guard, told, stop, lastOn: () => lastOn };
}

/** An instance of the fleet. */
export type Instance = Awaited<ReturnType<typeof startInstance>>;
