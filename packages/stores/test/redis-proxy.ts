import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** What stands between clients and a redis-server, and fails as networks do. */
export interface RedisProxy {
  readonly url: string;
  /** How many bytes the server has sent. */
  readonly received: number;
  /** Cuts every connection. */
  cut(): void;
  /** Leads new connections to another port, and cuts those there are. */
  lead(port: number): void;
  /** Of the next answer that is longer than that, lets so many bytes pass, and cuts the connection. */
  cutAnswerAfter(bytes: number, longerThan?: number): void;
  /** Cuts the connection over which the next command comes that has this text in it: before, or after. */
  cutCommand(text: string): void;
  cutAnswerTo(text: string): void;
  close(): Promise<void>;
}

/** @param port where the redis-server listens */
export async function startProxy(port: number): Promise<RedisProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let target = port;
  let received = 0;
  let answer: { readonly bytes: number; readonly longerThan: number } | undefined;
  let command: string | undefined;
  let answered: string | undefined;

  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) socket.on("error", end).on("close", end);
    client.on("data", (chunk) => {
      if (answered !== undefined && chunk.includes(answered)) {
        answered = undefined;
        upstream.removeAllListeners("data").once("data", end);
      }
      if (command === undefined || !chunk.includes(command)) return upstream.write(chunk);
      command = undefined;
      end();
    });
    upstream.on("data", (chunk) => {
      received += chunk.length;
      if (answer === undefined || chunk.length <= answer.longerThan) return client.write(chunk);
      client.end(chunk.subarray(0, answer.bytes));
      answer = undefined;
      upstream.destroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  function cut(): void {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  }

  return {
    url: `redis://127.0.0.1:${(server.address() as { port: number }).port}`,
    get received() {
      return received;
    },
    cut,
    lead(other) {
      target = other;
      cut();
    },
    cutAnswerAfter(bytes, longerThan = bytes) {
      answer = { bytes, longerThan };
    },
    cutCommand(text) {
      command = text;
    },
    cutAnswerTo(text) {
      answered = text;
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      cut();
      await closed;
    },
  };
}
