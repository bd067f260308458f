import { BurgeeError } from "@burgee/core";
import type { RequestHandler } from "express";
import { MemoryStore, rateLimit } from "express-rate-limit";

/** How often an address may ask. */
export interface RateLimit {
  /** How many requests. `@default 600` */
  readonly limit?: number;
  /** In which time, in milliseconds. `@default 60_000` */
  readonly window?: number;
}

/** Lets each address through so often; `close` forgets who asked. */
export function limitRate({ limit = 600, window = 60_000 }: RateLimit): {
  readonly handler: RequestHandler;
  close(): void;
} {
  if (!(limit >= 1 && window >= 1)) {
    const what = `flagRouter cannot let through ${limit} requests in ${window} ms.`;
    throw new BurgeeError("INVALID_OPTIONS", what);
  }
  const store = new MemoryStore();
  const handler = rateLimit({
    windowMs: window,
    limit,
    store,
    standardHeaders: "draft-8",
    legacyHeaders: false,
    message: { errorDetails: "That is too often: try again later." },
  });
  return { handler, close: () => store.shutdown() };
}
