import { createHash } from "node:crypto";
import { BurgeeError, isOutage, type Revision } from "@burgee/core";
import { parseDocument } from "../document.js";
import { ask, originOf, unavailable } from "./ask.js";
import { eventsOf } from "./link.js";
import type { HttpSettings } from "./settings.js";

/** What a request is made on. */
export interface Known {
  /** The id of the revision held. */
  readonly held: string | undefined;
  /** What was read last. */
  readonly about: About;
}

/** What came of a request. */
export type Answer =
  | { readonly kind: "revision"; readonly revision: Revision; readonly about: About }
  /** What was read last is the newest. */
  | { readonly kind: "unchanged"; readonly about: About }
  /** What is held is the newest, and not what was read last. */
  | { readonly kind: "held"; readonly about: About }
  | { readonly kind: "faulty"; readonly problem: unknown; readonly about: About }
  | { readonly kind: "failed"; readonly problem: unknown; readonly retryAfter?: number };

/** What an answer says besides its document. */
export interface About {
  readonly etag: string | undefined;
  /** Where changes are told, if they are. */
  readonly events: URL | undefined;
}

/** Reads the flag set at a URL, unless it is known. Never rejects. */
export async function readFlags(
  settings: HttpSettings,
  signal: AbortSignal,
  known: Known,
): Promise<Answer> {
  const { url, fetch } = settings;
  const { etag } = known.about;
  try {
    const more = {
      accept: "application/json, */*;q=0.1",
      ...(etag !== undefined && { "if-none-match": etag }),
    };
    const response = await ask(url, { fetch, headers: await settings.headers(), more, signal });
    const events = eventsOf(response.headers.get("link"), url);
    if (response.status === 304 && etag !== undefined) {
      return { kind: "unchanged", about: { etag, events: events ?? known.about.events } };
    }
    const about = { etag: response.headers.get("etag") ?? undefined, events };
    if (response.status !== 200) {
      await response.body?.cancel();
      const problem = unavailable(url, `answered ${response.status}`);
      const retryAfter = waitIn(response.headers.get("retry-after"));
      return { kind: "failed", problem, ...(retryAfter !== undefined && { retryAfter }) };
    }
    return await readDocument(settings, response, about, known);
  } catch (error) {
    return { kind: "failed", problem: problemOf(url, error) };
  }
}

async function readDocument(
  { url, maxBytes }: HttpSettings,
  response: Response,
  about: About,
  { held }: Known,
): Promise<Answer> {
  try {
    const bytes = await readBounded(url, response, maxBytes);
    const id = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
    if (id === held) return { kind: "held", about };
    const flagSet = parseDocument(bytes.toString(), originOf(url));
    return { kind: "revision", revision: { id, flagSet }, about };
  } catch (problem) {
    if (isOutage(problem)) throw problem;
    return { kind: "faulty", problem, about };
  }
}

/** @throws BurgeeError `INVALID_FLAG_SET` if there are more bytes than are read */
async function readBounded(url: URL, { body }: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) {
      const what = `${originOf(url)} has more bytes than the ${maxBytes} that are read.`;
      throw new BurgeeError("INVALID_FLAG_SET", what);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The milliseconds that a Retry-After asks for: it holds seconds or a date. */
function waitIn(retryAfter: string | null): number | undefined {
  if (retryAfter === null) return undefined;
  const time = /^\d+$/.test(retryAfter)
    ? Number(retryAfter) * 1000
    : Date.parse(retryAfter) - Date.now();
  return Number.isNaN(time) ? undefined : Math.max(0, time);
}

/** What `fetch` throws says little; its cause says more. */
function problemOf(url: URL, error: unknown): unknown {
  if (error instanceof BurgeeError) return error;
  const { cause = error } = error as { readonly cause?: unknown };
  const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown };
  return unavailable(url, `cannot be read: ${message || code || String(cause)}`, error);
}
