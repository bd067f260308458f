import { pipeline } from "node:stream/promises";
import type { Definitions, Flags } from "@burgee/core";
import { type OfrepHandler, type OfrepOptions, ofrepHandler } from "@burgee/ofrep";
import type { Response as Outgoing, Request, RequestHandler } from "express";
import { bodyOf, TOO_LARGE } from "./body.js";
import { toFetchRequest } from "./fetch-request.js";
import { limitRate, type RateLimit } from "./limit-rate.js";

/** Options of {@link flagRouter}. */
export interface FlagRouterOptions extends OfrepOptions {
  /**
   * Who may ask; the others are answered with 403. One that throws or rejects is passed on as an
   * error: nobody is let in by it.
   *
   * @default everybody
   */
  readonly authorize?: (request: Request) => boolean | Promise<boolean>;
  /**
   * How often an address may ask; beyond that it is answered with 429. It is counted in this process.
   * `false`: as often as it likes, where something else counts.
   *
   * @default 600 requests in a minute
   */
  readonly rateLimit?: false | RateLimit;
}

/** What {@link flagRouter} gives: a handler to mount. */
export interface FlagRouter extends RequestHandler {
  /**
   * What a page that is rendered in a scope begins with: its values, where it hears of changes since,
   * and, if the Flags have a secret, a receipt for error reports. It is no exposure. Never rejects for
   * a scope of these Flags.
   *
   * @param path where the router is mounted, as browsers see it
   */
  readonly payload: OfrepHandler["payload"];
  /** Ends the streams that are open. */
  close(): void;
}

/**
 * Serves the client flags' values to browsers, by OFREP, and takes the errors they report: mount it
 * where they ask.
 *
 * @throws BurgeeError `INVALID_OPTIONS` for a rate that is none
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
  { authorize = () => true, rateLimit = {}, ...options }: FlagRouterOptions = {},
): FlagRouter {
  const { bodyLimit = 65_536 } = options;
  const handle = ofrepHandler(flags, { ...options, bodyLimit });
  const rate = rateLimit === false ? undefined : limitRate(rateLimit);

  async function answer(incoming: Request, outgoing: Outgoing): Promise<void> {
    if (!(await authorize(incoming))) return refuse(outgoing, 403, "This is not for you.");
    const body = await bodyOf(incoming, bodyLimit);
    if (body === TOO_LARGE) return refuse(outgoing, 413, "The body is too large.");
    const request = toFetchRequest(incoming, body);
    if (request === undefined) return refuse(outgoing, 400, "This is no request.");
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

async function send(response: Response, outgoing: Outgoing): Promise<void> {
  outgoing.status(response.status).setHeaders(response.headers);
  if (response.body === null) {
    outgoing.end();
    return;
  }
  outgoing.flushHeaders();
  await pipeline(response.body, outgoing).catch(() => {}); // the browser went away
}
