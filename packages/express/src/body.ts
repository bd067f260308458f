import type { Request } from "express";

/** What stands for a body of more bytes than are read. */
export const TOO_LARGE = Symbol("too large");

/**
 * A request's body, or, where a body parser has read it already, what that made of it as JSON. What
 * is beyond the limit is let go by, so that the client gets to read an answer.
 */
export async function bodyOf(
  request: Request,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | string | typeof TOO_LARGE | undefined> {
  if (request.method === "GET" || request.method === "HEAD") return undefined;
  if (request.readableEnded) return asSent(request.body);
  if (Number(request.headers["content-length"]) > limit) {
    request.resume();
    return TOO_LARGE;
  }
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    request.on("data", (chunk: Uint8Array) => {
      size += chunk.byteLength;
      if (size <= limit) chunks.push(chunk);
      else resolve(TOO_LARGE);
    });
    request.once("end", () => resolve(Uint8Array.from(Buffer.concat(chunks))));
    request.once("error", () => resolve(undefined)); // the browser went away: nobody reads the answer
  });
}

/** A parsed body as text: a parser of plain text leaves it as it was. */
function asSent(body: unknown): string {
  return typeof body === "string" ? body : JSON.stringify(body ?? {});
}
