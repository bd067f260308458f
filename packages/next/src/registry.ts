import type { AsyncLocalStorage } from "node:async_hooks";
import { type Caller, here, Storage } from "./caller.js";
import { REGISTRY } from "./registry-key.js";
import type { RequestRecord } from "./request-record.js";
import type { Shared } from "./shared-flags.js";

/** How Flags are made, and those that were. */
export interface Declared {
  readonly make: () => Shared;
  made?: Shared;
}

/**
 * What a process has of this package, once: Next evaluates modules once for each of its bundles
 * (instrumentation, proxy, server components, server rendering, routes), all in one process.
 */
interface Registry {
  /** The record of the request that is running. */
  readonly records: AsyncLocalStorage<RequestRecord>;
  /**
   * Runs work outside of any request and render: in what it may render ahead, Next forbids clocks and
   * random numbers.
   */
  readonly outside: Caller;
  /** The records of requests that are found by something of theirs. */
  readonly carried: WeakMap<object, RequestRecord>;
  /** The Flags that were declared, by name. */
  readonly declared: Map<string, Declared>;
  /** Whether requests are seen as they come in. */
  listening: boolean;
}

/** What may have a registry already. */
export interface Runtime {
  [REGISTRY]?: Registry;
}

const runtime = globalThis as Runtime;

runtime[REGISTRY] ??= {
  records: new Storage(),
  outside: here(),
  carried: new WeakMap(),
  declared: new Map(),
  listening: false,
};

export const registry: Registry = runtime[REGISTRY];
