import type { ContextInput, Definitions, EvaluationContext, FlagScope, Flags } from "@burgee/core";
import { answerOf } from "./answer.js";
import { contextIn, TOO_LARGE } from "./body.js";
import { createEvents } from "./events.js";
import { payloadOf } from "./payload.js";

/** Options of {@link ofrepHandler}. */
export interface OfrepOptions {
  /**
   * The attributes that are taken from a browser's own context; all others are dropped.
   *
   * @default ["targetingKey"]
   */
  readonly attributes?: readonly string[];
  /**
   * What the server itself knows of who is asking. It wins over what the browser says.
   *
   * @default nothing
   */
  readonly context?: ContextInput<Request>;
  /**
   * The largest body that is read, in bytes; a larger one is answered with 413.
   *
   * @default 65_536
   */
  readonly bodyLimit?: number;
}

/** Answers OFREP requests; `close` ends the streams that are open. */
export interface OfrepHandler {
  (request: Request): Promise<Response>;
  close(): void;
}

const ROUTE = /\/ofrep\/v1\/(?:evaluate\/flags(?:\/([^/]+))?|(events))$/;

/**
 * Serves the client flags' values to browsers: all at once or one by one, and a stream that says
 * when to ask again. Rules, metadata and all other flags stay here.
 *
 * @see https://openfeature.dev/specification/appendix-c (OFREP 0.3)
 *
 * @example
 * ```ts
 * import { createFlags, defineFlags } from "@burgee/core";
 * import { ofrepHandler } from "@burgee/ofrep";
 * import { fileStore } from "@burgee/stores/file";
 *
 * const client = defineFlags({ "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"] } });
 * const flags = createFlags(client, { source: fileStore("flags.json"), client });
 *
 * const handle = ofrepHandler(flags, { attributes: ["targetingKey", "country"] });
 * await handle(new Request("http://localhost/ofrep/v1/evaluate/flags", { method: "POST" }));
 * ```
 */
export function ofrepHandler<D extends Definitions, C extends Definitions>(
  flags: Flags<D, C>,
  { attributes = ["targetingKey"], context = {}, bodyLimit = 65_536 }: OfrepOptions = {},
): OfrepHandler {
  const events = createEvents(flags);

  async function scopeFor(
    request: Request,
    asked: Readonly<Record<string, unknown>>,
  ): Promise<FlagScope<Definitions>> {
    const named = attributes.filter((name) => Object.hasOwn(asked, name));
    const taken = Object.fromEntries(named.map((name) => [name, asked[name]]));
    const scope = await flags.open(async (): Promise<EvaluationContext> => {
      const known = typeof context === "function" ? await context(request) : context;
      return { ...taken, ...known };
    });
    return scope as unknown as FlagScope<Definitions>;
  }

  function one(scope: FlagScope<Definitions>, key: string): Response {
    if (Object.hasOwn(flags.client, key)) return json(200, answerOf(key, scope.peek(key)));
    return json(404, { key, errorCode: "FLAG_NOT_FOUND", errorDetails: "There is no such flag." });
  }

  async function all(scope: FlagScope<Definitions>, request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const payload = payloadOf(flags, scope);
    const etag = await tagOf(payload);
    if (matches(request.headers.get("if-none-match"), etag)) {
      return new Response(null, { status: 304, headers: { etag } });
    }
    const requestUri = pathname.replace(ROUTE, "/ofrep/v1/events");
    const eventStreams = [{ type: "sse", endpoint: { requestUri }, inactivityDelaySec: 120 }];
    return json(200, { ...payload, metadata: {}, eventStreams }, { etag });
  }

  async function handle(request: Request): Promise<Response> {
    const route = ROUTE.exec(new URL(request.url).pathname);
    if (route === null) return json(404, { errorDetails: "There is nothing here." });
    const [, segment, stream] = route;
    const method = stream === undefined ? "POST" : "GET";
    if (request.method !== method) {
      return json(405, { errorDetails: `Use ${method}.` }, { allow: method });
    }
    if (stream !== undefined) return events.open();
    const key = segment && decoded(segment);
    const sent = await contextIn(request, bodyLimit);
    if (sent === TOO_LARGE) return json(413, { ...(key && { key }), ...badBody });
    if (sent === undefined) return json(400, { ...(key && { key }), ...badBody });
    const scope = await scopeFor(request, sent);
    return key ? one(scope, key) : all(scope, request);
  }

  return Object.assign(handle, { close: () => events.close() });
}

const badBody = {
  errorCode: "INVALID_CONTEXT",
  errorDetails: 'The body must be JSON, {"context": {…}}, and not too large.',
};

function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { "cache-control": "no-store", ...headers } });
}

/** A path segment as it was meant; as it is, where its escapes are broken. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** An entity tag for an answer: a hash of what it says, whatever revision said it. */
async function tagOf(answer: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(answer));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hex = Array.from(digest.slice(0, 16), (byte) => byte.toString(16).padStart(2, "0"));
  return `"${hex.join("")}"`;
}

/** Whether an If-None-Match header names the tag. */
function matches(header: string | null, tag: string): boolean {
  return (header ?? "").split(",").some((given) => given.trim().replace(/^W\//, "") === tag);
}
