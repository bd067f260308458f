import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { FlagSet } from "@burgee/core";
import { onTestFinished } from "vitest";

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** A real HTTP server in the hand of its test. */
export interface FlagServer {
  readonly url: string;
  readonly port: number;
  /** Every request, in order. */
  readonly requests: readonly IncomingMessage[];
  /** The statuses of the answers, in order. */
  readonly statuses: readonly number[];
  /** How many sockets are open. */
  readonly sockets: number;
  /** What it answers from now on; at first, whatever `serve` was given. */
  handle: Handle;
  /** Resolves with the next request. */
  asked(): Promise<IncomingMessage>;
  close(): Promise<void>;
}

/** @param port of which it listens. `@default` any */
export async function serve(handle: Handle, port = 0): Promise<FlagServer> {
  const requests: IncomingMessage[] = [];
  const statuses: number[] = [];
  const sockets = new Set<Socket>();
  const asked: ((request: IncomingMessage) => void)[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    response.on("finish", () => statuses.push(response.statusCode));
    served.handle(request, response);
    for (const resolve of asked.splice(0)) resolve(request);
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await once(server.listen(port, "127.0.0.1"), "listening");
  const at = (server.address() as AddressInfo).port;
  const served: FlagServer = {
    url: `http://127.0.0.1:${at}/flags.json`,
    port: at,
    requests,
    statuses,
    get sockets() {
      return sockets.size;
    },
    handle,
    asked: () => new Promise((resolve) => asked.push(resolve)),
    async close() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
  onTestFinished(() => served.close());
  return served;
}

/** Answers a document, or that it is unchanged. */
export function document(text: string | FlagSet): Handle {
  const body = typeof text === "string" ? text : JSON.stringify(text);
  const etag = `"${createHash("sha256").update(body).digest("hex")}"`;
  return (request, response) => {
    const known = request.headers["if-none-match"] === etag;
    response.writeHead(known ? 304 : 200, { etag, "content-type": "application/json" });
    response.end(known ? undefined : body);
  };
}
