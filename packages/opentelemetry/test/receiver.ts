import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { onTestFinished, vi } from "vitest";

/** What a back end was sent. */
export interface Received {
  readonly path: string;
  readonly body: Buffer;
}

/** A back end of the test's own. */
export interface Receiver {
  readonly port: number;
  readonly received: readonly Received[];
  /** The bodies that came to a path, once `enough` finds them so. */
  until(path: string, enough: (bodies: readonly Buffer[]) => boolean): Promise<readonly Buffer[]>;
}

/** How a receiver is. */
export interface ReceiverOptions {
  /** When it is closed. */
  readonly finished?: (close: () => void) => void;
  /** Whether it answers what it takes, with an empty JSON object, or leaves who sent it waiting. */
  readonly answers?: boolean;
}

/** A real server that takes whatever is exported. */
export async function startReceiver({
  finished = onTestFinished,
  answers = true,
}: ReceiverOptions = {}): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const sent = Buffer.concat(chunks);
    const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent;
    received.push({ path: request.url?.split("?")[0] ?? "", body });
    if (!answers) return;
    response.setHeader("content-type", "application/json");
    response.end("{}");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  finished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    received,
    until: (path, enough) =>
      vi.waitFor(
        () => {
          const bodies = received.filter((one) => one.path === path).map(({ body }) => body);
          if (!enough(bodies)) throw new Error(`${bodies.length} to ${path}`);
          return bodies;
        },
        { timeout: 10_000 },
      ),
  };
}
