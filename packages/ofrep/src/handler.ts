import { BurgeeError, type Definitions, type FlagScope, type Flags } from "@burgee/core";
import { signReceipt } from "@burgee/core/signed";
import { type AskedOptions, createAsked } from "./asked.js";
import { refusalOf, type Verdict } from "./authorize.js";
import { isObject, objectIn, TOO_LARGE } from "./body.js";
import { browsers } from "./browsers.js";
import { createCatchUp } from "./catch-up.js";
import { createEvents } from "./events.js";
import { json } from "./json.js";
import { limitsOf, type OfrepLimits } from "./limits.js";
import { type AnyScope, type FlagPayload, payloadOf } from "./payload.js";
import { createReports } from "./reports.js";
import { servers } from "./servers.js";
import { matches, tagOf } from "./tag.js";

/** Options of {@link ofrepHandler}. */
export interface OfrepOptions extends AskedOptions {
  /**
   * Who asks. `"browser"`: anybody may read the answer, so it has the values of the client flags. `"server"`:
   * one that may know everything, so it has every flag of the set, with its metadata and its errors; then
   * `authorize` is needed.
   *
   * @default "browser"
   */
  readonly audience?: "browser" | "server";
  /**
   * Who may ask, whatever it is. One that throws or rejects has the handler reject: nobody is let in by
   * it.
   *
   * @default everybody, of browsers
   */
  readonly authorize?: (request: Request) => Verdict | Promise<Verdict>;
  /**
   * What tells clients apart for `limits`, such as the address that a proxy of yours has found: a request
   * of Fetch does not say where it came from.
   *
   * @default nothing: only the limits that are for all hold
   */
  readonly address?: (request: Request) => string | undefined;
  /** How much it takes on. */
  readonly limits?: OfrepLimits;
  /**
   * The largest body that is read, in bytes; a larger one is answered with 413.
   *
   * @default 65_536
   */
  readonly bodyLimit?: number;
}

/** Answers OFREP requests, and takes browsers' reports. */
export interface OfrepHandler {
  (request: Request): Promise<Response>;
  /**
   * What a page that is rendered in a scope begins with: its values, where it hears of changes since,
   * and, if the Flags have a secret, a receipt for its reports. It is no exposure. Never rejects for
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
 * Serves flags over HTTP: all at once or one by one, and a stream that says when to ask again. Browsers
 * get the client flags' values: rules, metadata and all other flags stay here. It takes, too, what
 * browsers report (the flags that they have shown, and errors), and tells observers of it.
 *
 * @throws BurgeeError `INVALID_OPTIONS` for an audience of servers without `authorize`, and for a limit
 * that is none
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
 * const handle = ofrepHandler(flags, { acceptContext: ["targetingKey", "country"] });
 * await handle(new Request("http://localhost/ofrep/v1/evaluate/flags", { method: "POST" }));
 * ```
 */
export function ofrepHandler<D extends Definitions, C extends Definitions>(
  flags: Flags<D, C>,
  options: OfrepOptions = {},
): OfrepHandler {
  const toServers = options.audience === "server";
  if (toServers && options.authorize === undefined) throw unauthorized();
  const {
    acceptContext = toServers ? (sent) => sent : ["targetingKey"],
    authorize = () => true,
    address = () => undefined,
    bodyLimit = 65_536,
  } = options;
  const limits = limitsOf(options.limits);
  const audience = toServers ? servers : browsers(flags);
  const events = createEvents(flags, audience.concerns, limits);
  const catchUp = createCatchUp(flags);
  const takeReport = createReports(flags, bodyLimit, limits);
  const openAsked = createAsked(flags, { ...options, acceptContext });

  async function all(scope: FlagScope<Definitions>, request: Request): Promise<Response> {
    const { status, body } = audience.all(scope);
    if (status !== 200) return json(status, body);
    const etag = await tagOf(body);
    if (matches(request.headers.get("if-none-match"), etag)) {
      return new Response(null, { status: 304, headers: { etag } });
    }
    const path = new URL(request.url).pathname.replace(ROUTE, "");
    const receipt = audience.reports ? await receiptOf(scope) : {};
    return json(status, { ...body, ...streamsOf(scope, path), ...receipt }, { etag });
  }

  /** Where whoever was answered in a scope hears of changes since: it is not in the tag. */
  function streamsOf(scope: AnyScope, path: string): Pick<FlagPayload, "eventStreams"> {
    const version = events.version(scope);
    const since = version === undefined ? "" : `?since=${version}`;
    const endpoint = { requestUri: `${path}/ofrep/v1/events${since}` };
    const eventStreams = [{ type: "sse", endpoint, inactivityDelaySec: 120 }];
    return { eventStreams };
  }

  async function receiptOf(scope: AnyScope): Promise<Pick<FlagPayload, "receipt">> {
    const receipt = await signReceipt(flags, scope);
    return receipt === undefined ? {} : { receipt };
  }

  async function handle(request: Request): Promise<Response> {
    const refusal = refusalOf(await authorize(request));
    if (refusal !== undefined) return refusal;
    const { pathname, searchParams } = new URL(request.url);
    const route = ROUTE.exec(pathname);
    const [, segment, stream, report] = route ?? [];
    if (route === null || (report !== undefined && !audience.reports)) {
      return json(404, { errorDetails: "There is nothing here." });
    }
    const method = stream === undefined ? "POST" : "GET";
    if (request.method !== method) {
      return json(405, { errorDetails: `Use ${method}.` }, { allow: method });
    }
    if (stream !== undefined) return events.open(request, address(request));
    if (report !== undefined) return takeReport(request, address(request));
    const key = segment && decoded(segment);
    const sent = await objectIn(request, bodyLimit);
    if (sent === TOO_LARGE) return json(413, { ...(key && { key }), ...badBody });
    const { context = {} } = sent ?? { context: null };
    if (!isObject(context)) return json(400, { ...(key && { key }), ...badBody });
    await catchUp.until(searchParams.get("flagConfigEtag"));
    const scope = await openAsked(request, context);
    if (!key) return all(scope, request);
    const { status, body } = audience.one(scope, key);
    return json(status, body);
  }

  return Object.assign(handle, {
    payload: async (scope: AnyScope, path: string) => ({
      ...payloadOf(flags, scope),
      ...streamsOf(scope, path.replace(/\/$/, "")),
      ...(await receiptOf(scope)),
    }),
    close() {
      events.close();
      catchUp.close();
    },
  });
}

function unauthorized(): BurgeeError {
  const what = 'ofrepHandler gives servers every flag: audience "server" needs `authorize`';
  return new BurgeeError("INVALID_OPTIONS", `${what} (\`() => true\` lets in all).`);
}

const badBody = {
  errorCode: "INVALID_CONTEXT",
  errorDetails: 'The body must be JSON, {"context": {…}}, and not too large.',
};

/** A path segment as it was meant; as it is, where its escapes are broken. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
