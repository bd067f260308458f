import {
  type AuditEntry,
  createFlags,
  defineFlags,
  type FlagDefinition,
  type FlagSet,
  type FlagStore,
  type Flags,
} from "@burgee/core";
import {
  createMonitor,
  type Guard,
  type GuardEvent,
  type GuardPolicy,
  type GuardState,
  type Monitor,
} from "@burgee/monitor";
import { memoryStore } from "@burgee/stores/memory";
import { expect, onTestFinished } from "vitest";
import { seeded } from "./seeded.js";

const definitions = defineFlags({
  "new-checkout": { default: false },
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid", "vector"] },
});

/** A new checkout for some of the customers. */
export function newCheckout(on: number): FlagDefinition {
  return {
    state: "ENABLED",
    variants: { on: true, off: false },
    defaultVariant: "off",
    targeting: {
      fractional: [
        ["on", on],
        ["off", 100 - on],
      ],
    },
  };
}

/** A new search for most. */
const searchRanking: FlagDefinition = {
  state: "ENABLED",
  variants: { bm25: "bm25", hybrid: "hybrid", vector: "vector" },
  defaultVariant: "bm25",
  targeting: {
    fractional: [
      ["bm25", 40],
      ["hybrid", 30],
      ["vector", 30],
    ],
  },
};

/** A flag set with a checkout. */
export function withCheckout(checkout: FlagDefinition): FlagSet {
  return { flags: { "new-checkout": checkout, "search-ranking": searchRanking } };
}

/** How probable an error is, by variant. */
export type Rates = Readonly<Record<string, number>>;

/** Real flags over a real store under a guard, by a clock that stands still. */
export interface Guarded {
  readonly flags: Flags<typeof definitions>;
  readonly store: FlagStore;
  readonly monitor: Monitor;
  readonly guard: Guard;
  readonly events: readonly GuardEvent[];
  readonly clock: { now: number };
  /** Requests of as many different users, in one bucket, which is then over. */
  bucket(requests: number, rates: Rates, read?: Read): Promise<void>;
  /** Buckets until the guard is in another state, or there were so many. */
  buckets(most: number, requests: number, rates: Rates, read?: Read): Promise<number>;
  /** Buckets until the guard is in a state; fails where it will not be. */
  until(state: GuardState, rates: Rates, read?: Read): Promise<void>;
  /** What the flag is in the store now. */
  flag(): Promise<FlagDefinition>;
  /** An edit by hand. */
  edit(
    change: (flag: FlagDefinition) => FlagDefinition,
    kind?: "manual" | "resume" | "kill",
  ): Promise<AuditEntry>;
  entries(): Promise<readonly AuditEntry[]>;
}

/** How a request reads the flag; gives the variant, or undefined where the request is lost and never ends. */
export type Read = (scope: ReturnType<Flags<typeof definitions>["scope"]>) => string | undefined;

const byReading: Read = (scope) => scope.details("new-checkout").variant;

/** Options of {@link guarded}. */
export interface GuardedOptions extends Partial<GuardPolicy> {
  readonly definition?: FlagDefinition;
  readonly store?: FlagStore;
  readonly traceId?: () => string;
  readonly seed?: number;
}

export async function guarded(options: GuardedOptions = {}): Promise<Guarded> {
  const { definition = newCheckout(50), seed = 1, traceId, ...policy } = options;
  const store = options.store ?? memoryStore(withCheckout(definition));
  const clock = { now: Date.UTC(2026, 0, 1) };
  const now = () => clock.now;
  const flags = createFlags(definitions, { source: store, now });
  const monitor = createMonitor(flags, { store, now, ...(traceId && { traceId }) });
  onTestFinished(() => {
    monitor.close();
    flags.close();
  });
  await flags.ready();
  const { store: _store, ...rest } = policy;
  const guard = monitor.guard({ flag: "new-checkout", ...rest });
  const events: GuardEvent[] = [];
  guard.observe((event) => events.push(event));
  const random = seeded(seed);
  const flag = async () => (await store.read()).flagSet.flags["new-checkout"] as FlagDefinition;

  async function bucket(requests: number, rates: Rates, read = byReading): Promise<void> {
    for (let request = 0; request < requests; request++) {
      const scope = flags.scope({ targetingKey: `user-${Math.floor(1e9 * random())}` });
      const variant = read(scope);
      if (variant === undefined) continue;
      if (random() < (rates[variant] ?? 0)) scope.fail(new TypeError("no total"));
      scope.settle();
    }
    clock.now += 10_000;
    await guard.look();
  }

  return {
    flags,
    store,
    monitor,
    guard,
    events,
    clock,
    bucket,
    async buckets(most, requests, rates, read) {
      const { state } = guard;
      let count = 0;
      while (count < most && guard.state === state) {
        await bucket(requests, rates, read);
        count++;
      }
      return count;
    },
    async until(state, rates, read) {
      for (let count = 0; count < 300 && guard.state !== state; count++) {
        await bucket(100, rates, read);
      }
      expect(guard.state).toBe(state);
    },
    flag,
    async edit(change, kind = "manual") {
      return await store.commit({
        expected: (await store.read()).id,
        flags: { put: { "new-checkout": change(await flag()) } },
        actor: "ada",
        reason: "she knows why",
        kind,
      });
    },
    async entries() {
      const entries: AuditEntry[] = [];
      for await (const entry of store.history()) entries.unshift(entry);
      return entries;
    },
  };
}
