import type { ContextInput, Definitions, EvaluationContext, FlagScope, Flags } from "@burgee/core";
import type { RequestScopeOptions } from "@burgee/core/node";
import { openFromHeaders, signReceipt } from "@burgee/core/signed";
import { answerOf } from "./answer.js";
import { isObject, objectIn, TOO_LARGE } from "./body.js";
import { createEvents } from "./events.js";
import { type AnyScope, type FlagPayload, payloadOf } from "./payload.js";
import { createReports } from "./reports.js";

/** Options of {@link ofrepHandler}. */
export interface OfrepOptions extends Pick<RequestScopeOptions<Request>, "overrides" | "visitor"> {
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

/** Answers OFREP requests, and takes error reports. */
export interface OfrepHandler {
  (request: Request): Promise<Response>;
  /**
   * What a page that is rendered in a scope begins with: its values, where it hears of changes since,
   * and, if the Flags have a secret, a receipt for error reports. It is no exposure. Never rejects for
   * a scope of these Flags.
   *
   * @param path where browsers reach this handler: a path, or a URL
   */
  payload(scope: AnyScope, path: string): Promise<FlagPayload>;
  /** Ends the streams that are open. */
  close(): void;
}

const ROUTE = /\/(?:ofrep\/v1\/(?:evaluate\/flags(?:\/([^/]+))?|(events))|(reports))$/;

/**
 * Serves the client flags' values to browsers: all at once or one by one, and a stream that says
 * when to ask again. Rules, metadata and all other flags stay here. It takes the errors, too, that
 * browsers report, and tells observers of them.
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
  options: OfrepOptions = {},
): OfrepHandler {
  const { attributes = ["targetingKey"], context = {}, bodyLimit = 65_536 } = options;
  const events = createEvents(flags);
  const takeReport = createReports(flags, bodyLimit);

  async function scopeFor(
    request: Request,
    asked: Readonly<Record<string, unknown>>,
  ): Promise<FlagScope<Definitions>> {
    const named = attributes.filter((name) => Object.hasOwn(asked, name));
    const taken = Object.fromEntries(named.map((name) => [name, asked[name]]));
    const merged = async (): Promise<EvaluationContext> => {
      const known = typeof context === "function" ? await context(request) : context;
      return { ...taken, ...known };
    };
    const sent = { headers: Object.fromEntries(request.headers) };
    const scope = await openFromHeaders(flags, { ...options, context: merged }, sent, request);
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
    const path = pathname.replace(ROUTE, "");
    return json(200, { ...(await live(payload, scope, path)), metadata: {} }, { etag });
  }

  /** A payload, with what depends on more than its values: none of it is in the tag. */
  async function live(payload: FlagPayload, scope: AnyScope, path: string): Promise<FlagPayload> {
    const version = events.version(scope);
    const since = version === undefined ? "" : `?since=${version}`;
    const endpoint = { requestUri: `${path}/ofrep/v1/events${since}` };
    const eventStreams = [{ type: "sse", endpoint, inactivityDelaySec: 120 }];
    const receipt = await signReceipt(flags, scope);
    return { ...payload, eventStreams, ...(receipt !== undefined && { receipt }) };
  }

  async function handle(request: Request): Promise<Response> {
    const route = ROUTE.exec(new URL(request.url).pathname);
    if (route === null) return json(404, { errorDetails: "There is nothing here." });
    const [, segment, stream, report] = route;
    const method = stream === undefined ? "POST" : "GET";
    if (request.method !== method) {
      return json(405, { errorDetails: `Use ${method}.` }, { allow: method });
    }
    if (stream !== undefined) return events.open(request);
    if (report !== undefined) return takeReport(request);
    const key = segment && decoded(segment);
    const sent = await objectIn(request, bodyLimit);
    if (sent === TOO_LARGE) return json(413, { ...(key && { key }), ...badBody });
    const { context: asked = {} } = sent ?? { context: null };
    if (!isObject(asked)) return json(400, { ...(key && { key }), ...badBody });
    const scope = await scopeFor(request, asked);
    return key ? one(scope, key) : all(scope, request);
  }

  return Object.assign(handle, {
    payload: async (scope: AnyScope, path: string) =>
      live(payloadOf(flags, scope), scope, path.replace(/\/$/, "")),
    close: () => events.close(),
  });
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
