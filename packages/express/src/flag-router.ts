import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Definitions, Flags } from "@burgee/core";
import { type OfrepOptions, ofrepHandler } from "@burgee/ofrep";
import type { Request as Incoming, Response as Outgoing, RequestHandler } from "express";

/** What {@link flagRouter} gives: a handler to mount, and `close`, which ends its open streams. */
export interface FlagRouter extends RequestHandler {
  close(): void;
}

/**
 * Serves the client flags' values to browsers, by OFREP: mount it where they ask.
 *
 * @example
 * ```ts
 * import { createFlags, defineFlags } from "@burgee/core";
 * import { flagRouter } from "@burgee/express";
 * import { fileStore } from "@burgee/stores/file";
 * import express from "express";
 *
 * const client = defineFlags({ "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"] } });
 * const flags = createFlags(client, { source: fileStore("flags.json"), client });
 *
 * const app = express();
 * app.use("/flags", flagRouter(flags)); // POST /flags/ofrep/v1/evaluate/flags
 * ```
 */
export function flagRouter<D extends Definitions, C extends Definitions>(
  flags: Flags<D, C>,
  options: OfrepOptions = {},
): FlagRouter {
  const handle = ofrepHandler(flags, options);
  const router: RequestHandler = (incoming, outgoing, next) => {
    const request = toRequest(incoming);
    if (request === undefined) outgoing.sendStatus(400);
    else
      handle(request)
        .then((response) => send(response, outgoing))
        .catch(next);
  };
  return Object.assign(router, { close: () => handle.close() });
}

/** Undefined for what no Fetch request can be: a method like TRACE, a path like `//`. */
function toRequest(incoming: Incoming): Request | undefined {
  const headers = Object.entries(incoming.headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  );
  try {
    const url = new URL(incoming.originalUrl, "http://localhost");
    return new Request(url, { method: incoming.method, headers, ...bodyOf(incoming) });
  } catch {
    return undefined;
  }
}

/** The body as it arrives, or, where a body parser has read it already, what that made of it. */
function bodyOf(incoming: Incoming): RequestInit & { readonly duplex?: "half" } {
  if (incoming.method === "GET" || incoming.method === "HEAD") return {};
  if (incoming.readableEnded) return { body: JSON.stringify(incoming.body ?? {}) };
  return { body: Readable.toWeb(incoming) as ReadableStream, duplex: "half" };
}

async function send(response: Response, outgoing: Outgoing): Promise<void> {
  outgoing.status(response.status).setHeaders(response.headers);
  if (response.body === null) {
    outgoing.end();
    return;
  }
  outgoing.flushHeaders();
  await pipeline(response.body, outgoing).catch(() => {}); // the browser went away
}
