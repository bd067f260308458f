import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { onTestFinished } from "vitest";

/** Serves a Fetch handler over HTTP; where it is. */
export async function serve(handle: (request: Request) => Promise<Response>): Promise<string> {
  const server = createServer(async (incoming, outgoing) => {
    const headers = new Headers(incoming.headers as Record<string, string>);
    const { method = "GET", url = "/" } = incoming;
    const body = Buffer.concat(await incoming.toArray());
    const init = { method, headers, ...(method === "POST" && { body }) };
    const response = await handle(new Request(new URL(url, "http://localhost"), init));
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    if (response.body === null) return void outgoing.end();
    outgoing.flushHeaders();
    const stream = Readable.fromWeb(response.body as never).on("error", () => {});
    outgoing.on("close", () => stream.destroy());
    stream.pipe(outgoing);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
