import { type RedisClient, type RedisConnection, type Send, send, within } from "./client.js";

/** A connection of the store's own, over which it is told of commits and fetches them. */
export interface Link {
  readonly send: Send;
  /** Rejects once it is lost, with the reason. */
  readonly lost: Promise<never>;
  /** Gives it up. */
  fail(error: unknown): void;
  /** Closes it, once a farewell was sent. */
  close(farewell: (send: Send) => Promise<void>): Promise<void>;
}

/** How long a farewell may take, in milliseconds. */
const FAREWELL = 500;

/**
 * Connects a duplicate of the client and subscribes it to the channel. It is not connected anew: who
 * needs another one opens another one.
 *
 * @param told is given each message
 * @param timeout how long to connect, and each answer, may take, in milliseconds
 * @param signal gives up connecting
 * @throws Error if that fails
 */
export async function openLink(
  client: RedisClient,
  channel: string,
  told: (message: string) => void,
  timeout: number,
  signal: AbortSignal,
): Promise<Link> {
  const connection = client.duplicate({
    RESP: 3,
    socket: { ...socketOf(client), reconnectStrategy: false, connectTimeout: timeout },
    disableOfflineQueue: true,
    clientSideCache: undefined,
    emitInvalidate: false,
    pingInterval: 0,
  });
  let fail = (_: unknown): void => {};
  const lost = new Promise<never>((_, reject) => {
    fail = reject;
  });
  lost.catch(() => {});
  connection.on("error", fail);
  const abort = () => fail(signal.reason);
  signal.addEventListener("abort", abort);
  const command: Send = (args) => send(connection, args, timeout);

  async function open(): Promise<void> {
    connection.unref();
    await connection.connect();
    if (signal.aborted) destroy(connection);
    await connection.subscribe(channel, told);
  }

  try {
    await within(timeout, Promise.race([open(), lost]), "A connection");
  } catch (error) {
    destroy(connection);
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
  return {
    send: command,
    lost,
    fail,
    async close(farewell) {
      if (connection.isReady) {
        await within(FAREWELL, farewell(command), "The answer").catch(() => {});
      }
      destroy(connection);
    },
  };
}

function socketOf({ options }: RedisClient): object {
  return (options as { readonly socket?: object } | undefined)?.socket ?? {};
}

/** Ends a connection, whatever has become of it. */
function destroy(connection: RedisConnection): void {
  try {
    connection.destroy();
  } catch {
    // it was closed
  }
}
