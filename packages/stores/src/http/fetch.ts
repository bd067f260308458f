import * as http from "node:http";
import * as https from "node:https";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";

/** Statuses of answers that have no body. */
const EMPTY = new Set([204, 205, 304]);

/**
 * What `fetch` does, over a connection of its own, which is gone with the request: the platform's
 * holds connections in a pool, and opens another where a request was aborted. An event stream keeps
 * no process running.
 */
export const fetchOnce: typeof fetch = (input, { headers, signal } = {}) =>
  new Promise((resolve, reject) => {
    const url = new URL(String(input));
    const sent = new Headers(headers);
    const endless = sent.get("accept") === "text/event-stream";
    if (!endless) sent.set("accept-encoding", "gzip");
    const { get } = url.protocol === "https:" ? https : http;
    const options = { agent: false, headers: Object.fromEntries(sent), ...(signal && { signal }) };
    get(url, options, (message) => {
      try {
        resolve(responseOf(message));
      } catch (error) {
        message.destroy();
        reject(error);
      }
    })
      .on("socket", (socket) => endless && socket.unref())
      .on("error", reject);
  });

/** @throws RangeError for a status that is none */
function responseOf(message: http.IncomingMessage): Response {
  const { statusCode: status = 0 } = message;
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) headers.set(name, String(value));
  if (EMPTY.has(status)) {
    message.resume();
    return new Response(null, { status, headers });
  }
  const packed = headers.get("content-encoding") === "gzip";
  const body = packed ? pipeline(message, createGunzip(), () => {}) : message;
  return new Response(Readable.toWeb(body) as ReadableStream, { status, headers });
}
