import { BurgeeError } from "@burgee/core";
import { isAnswer } from "./failure.js";

/** What is used of a node-redis client (5 or newer), as `createClient` makes it. */
export interface RedisClient {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  readonly options?: unknown;
  sendCommand(args: readonly string[], options?: RedisCommandOptions): Promise<unknown>;
  duplicate(overrides?: object): RedisConnection;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "ready", listener: () => void): unknown;
  off(event: "error", listener: (error: Error) => void): unknown;
  off(event: "ready", listener: () => void): unknown;
}

/** A client that can be connected, subscribed and destroyed: a duplicate. */
export interface RedisConnection extends RedisClient {
  connect(): Promise<unknown>;
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  destroy(): void;
  unref(): void;
}

/** How one command is sent, whatever the client's own defaults are. */
export interface RedisCommandOptions {
  readonly typeMapping?: Record<never, never>;
  readonly timeout?: number | undefined;
  readonly abortSignal?: AbortSignal;
}

/** Sends a command, and fails where no answer comes in time. */
export type Send = (args: readonly string[]) => Promise<unknown>;

/**
 * Sends over the client of the application, which has to be connected.
 *
 * @param timeout how long the answer, and a connection that is being made anew, may take, in milliseconds
 */
export function sendOver(client: RedisClient, timeout: number): Send {
  let ready: Promise<void> | undefined;
  return async (args) => {
    if (!client.isOpen) throw notConnected();
    if (!client.isReady) {
      ready ??= readiness(client, timeout).finally(() => {
        ready = undefined;
      });
      await ready;
    }
    return send(client, args, timeout);
  };
}

/** Sends what is safe to be sent twice, and once more where the connection was lost meanwhile. */
export function sendTwice(send: Send): Send {
  return (args) =>
    send(args).catch((error) => {
      if (isAnswer(error) || error instanceof Late) throw error;
      return send(args);
    });
}

/** No answer came in time. */
class Late extends Error {}

/** Sends a command, with replies as they are by default. One that is late is not sent any more. */
export async function send(
  client: RedisClient,
  args: readonly string[],
  timeout: number,
): Promise<unknown> {
  const late = new AbortController();
  const options = { typeMapping: {}, timeout: undefined, abortSignal: late.signal };
  try {
    return await within(timeout, client.sendCommand(args, options), "The answer");
  } finally {
    late.abort();
  }
}

/** @throws Late if a promise has not settled in time */
export function within<Value>(
  timeout: number,
  promise: Promise<Value>,
  what: string,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Late(`${what} did not come within ${timeout} ms`));
    // What came while this process was busy is read before time is called.
    const timer = setTimeout(() => setImmediate(late), timeout).unref();
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Resolves once a client that lost its connection has one again. */
function readiness(client: RedisClient, timeout: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const ready = () => {
      client.off("ready", ready);
      clearTimeout(timer);
      resolve();
    };
    const late = () => {
      client.off("ready", ready);
      reject(new Late(`The client had no connection within ${timeout} ms`));
    };
    const timer = setTimeout(late, timeout).unref();
    client.on("ready", ready);
  });
}

function notConnected(): BurgeeError {
  const what = "The Redis client is not connected: await client.connect() before flags are written";
  return new BurgeeError("SOURCE_UNAVAILABLE", `${what} or read from the store.`);
}
