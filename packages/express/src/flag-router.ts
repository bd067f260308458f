import type { Definitions, Flags } from "@burgee/core";
import {
  type OfrepHandler,
  type OfrepOptions,
  ofrepHandler,
  refusalOf,
  type Verdict,
} from "@burgee/ofrep";
import type { Response as Outgoing, Request, RequestHandler } from "express";
import { ipKeyGenerator } from "express-rate-limit";
import { bodyOf, TOO_LARGE } from "./body.js";
import { toFetchRequest } from "./fetch-request.js";
import { limitRate, type RateLimit } from "./limit-rate.js";
import { send } from "./send.js";

/** Options of {@link flagRouter}. */
export interface FlagRouterOptions extends Omit<OfrepOptions, "authorize"> {
  /**
   * Who may ask: `true` lets in, `false` is answered with 403, and a Fetch `Response` is the answer, such as
   * a 401. One that throws or rejects is passed on as an error: nobody is let in by it. Where the
   * `audience` is `"server"`, it is needed.
   *
   * @default everybody, of browsers
   */
  readonly authorize?: (request: Request) => Verdict | Promise<Verdict>;
  /**
   * How often an address may ask; beyond that it is answered with 429. It is counted in this process.
   * `false`: as often as it likes, where something else counts.
   *
   * @default 600 requests in a minute of browsers, no limit of servers
   */
  readonly rateLimit?: false | RateLimit;
}

/** What {@link flagRouter} gives: a handler to mount. */
export interface FlagRouter extends RequestHandler {
  /**
   * What a page that is rendered in a scope begins with: its values, where it hears of changes since,
   * and, if the Flags have a secret, a receipt for its reports. It is no exposure. Never rejects for
   * a scope of these Flags.
   *
   * @param path where the router is mounted, as browsers see it
   */
  readonly payload: OfrepHandler["payload"];
  /** Ends the streams that are open. */
  close(): void;
}

/**
 * Serves the client flags' values to browsers, by OFREP, and takes what they report: mount it where they
 * ask. With `audience: "server"` it serves every flag to servers. What `limits` count by is the address
 * that Express finds (`trust proxy`), unless `address` says otherwise.
 *
 * @throws BurgeeError `INVALID_OPTIONS` for a rate or a limit that is none, and for an audience of
 * servers without `authorize`
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
  { authorize, rateLimit, ...options }: FlagRouterOptions = {},
): FlagRouter {
  const { audience, bodyLimit = 65_536 } = options;
  const addresses = new WeakMap<globalThis.Request, string>();
  const handle = ofrepHandler(flags, {
    address: (request) => addresses.get(request),
    ...options,
    ...(authorize !== undefined && { authorize: () => true }), // who may not has not come so far
    bodyLimit,
  });
  const limit = rateLimit ?? (audience === "server" ? false : {});
  const rate = limit === false ? undefined : limitRate(limit);

  async function answer(incoming: Request, outgoing: Outgoing): Promise<void> {
    const refusal = authorize && refusalOf(await authorize(incoming));
    if (refusal !== undefined) return send(refusal, outgoing);
    const body = await bodyOf(incoming, bodyLimit);
    if (body === TOO_LARGE) return refuse(outgoing, 413, "The body is too large.");
    const request = toFetchRequest(incoming, body);
    if (request === undefined) return refuse(outgoing, 400, "This is no request.");
    if (incoming.ip !== undefined) addresses.set(request, ipKeyGenerator(incoming.ip));
    return send(await handle(request), outgoing);
  }

  const router: RequestHandler = (incoming, outgoing, next) => {
    const go = (error?: unknown) =>
      error === undefined ? answer(incoming, outgoing).catch(next) : next(error);
    return rate === undefined ? go() : rate.handler(incoming, outgoing, go);
  };
  return Object.assign(router, {
    payload: handle.payload,
    close() {
      handle.close();
      rate?.close();
    },
  });
}

function refuse(outgoing: Outgoing, status: number, errorDetails: string): void {
  outgoing.status(status).set("cache-control", "no-store").json({ errorDetails });
}
