import { setTimeout as wait } from "node:timers/promises";
import type { Definitions, Flags } from "@burgee/core";
import type { RequestHandler, Response } from "express";

/** Options of {@link readiness}. */
export interface ReadinessOptions {
  /**
   * How long, from the first question on, to say that the application is not ready while no revision
   * has arrived; after it the defaults serve, and it is ready. In milliseconds.
   *
   * @default 10_000
   */
  readonly timeout?: number;
}

/** How long one question may wait for the first revision, in milliseconds: a probe's patience is 1 s. */
const PATIENCE = 500;

/**
 * Answers a readiness probe: 200 while flags are served, be it from the last known revision or, in an
 * outage, from defaults; 503 while the first revision is waited for, and once the Flags are closed.
 * The body says how they are served, and names no flag.
 *
 * @example
 * ```ts
 * import type { Flags } from "@burgee/core";
 * import { readiness } from "@burgee/express";
 * import express from "express";
 *
 * export function appOf(flags: Flags) {
 *   const app = express();
 *   app.get("/ready", readiness(flags)); // 200 {"status":"ready","revision":"7","age":120,…}
 *   return app;
 * }
 * ```
 */
export function readiness<D extends Definitions>(
  flags: Flags<D>,
  { timeout = 10_000 }: ReadinessOptions = {},
): RequestHandler {
  let waited: Promise<true> | undefined;
  return (_request, response, next) => {
    waited ??= flags.ready({ timeout }).then(() => true);
    Promise.race([waited, wait(PATIENCE, false, { ref: false })])
      .then((begun) => answer(response, flags, begun))
      .catch(next);
  };
}

function answer<D extends Definitions>(
  response: Response,
  { health }: Flags<D>,
  begun: boolean,
): void {
  const { status, revision, age, outage, defaults, pins } = health;
  const serves = begun && status !== "closed";
  response
    .status(serves ? 200 : 503)
    .set("cache-control", "no-store")
    .json({
      status,
      revision,
      age,
      ...(outage && { outage: { since: outage.since, code: outage.problem.code } }),
      defaults: defaults.length,
      pins: pins.length,
    });
}
