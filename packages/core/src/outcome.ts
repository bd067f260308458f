/** How a scope's work ended. */
export interface Outcome {
  readonly status: "ok" | "error" | "aborted";
  /** How long it took, in milliseconds; absent on a stream, which lasts as long as it is listened to. */
  readonly duration?: number;
  /** Its answer had begun when the time for it was up, and went on. */
  readonly streaming?: true;
  /** Its answer had begun when its caller went away; on aborted work only. */
  readonly headersSent?: true;
  /** The error's class or the HTTP status, as OpenTelemetry's `error.type`; on errors only. */
  readonly errorType?: string;
  /** What was thrown, if anything was. */
  readonly error?: unknown;
}

/** What an adapter knows of how the work ended. */
export interface Ending {
  /** The error's class or the HTTP status, where the work failed without a thrown error. */
  readonly errorType?: string;
  /** Whether the caller went away before the work was done. */
  readonly aborted?: boolean;
  /** Whether the answer had begun by then. */
  readonly headersSent?: boolean;
}

/**
 * The outcome of work that failed with an error, or else ended as the adapter says.
 *
 * @param duration in milliseconds; undefined for a stream
 */
export function outcomeOf(
  failure: { readonly error: unknown } | undefined,
  ending: Ending,
  duration: number | undefined,
): Outcome {
  const pace = duration === undefined ? STREAMING : { duration };
  if (failure !== undefined) {
    const { error } = failure;
    return { status: "error", ...pace, errorType: errorTypeOf(error), error };
  }
  if (ending.errorType !== undefined) {
    return { status: "error", ...pace, errorType: ending.errorType };
  }
  if (ending.aborted !== true) return { status: "ok", ...pace };
  return { status: "aborted", ...pace, ...(ending.headersSent === true && HEADERS_SENT) };
}

const STREAMING = { streaming: true } as const;
const HEADERS_SENT = { headersSent: true } as const;

/**
 * A low-cardinality name for an error, as OpenTelemetry's `error.type`: its class, never its
 * message; `_OTHER` for what is no error.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/
 *
 * @example
 * ```ts
 * import { errorTypeOf } from "@burgee/core";
 *
 * console.log(errorTypeOf(new TypeError("of ada@example.com"))); // TypeError
 * ```
 */
export function errorTypeOf(error: unknown): string {
  try {
    if (error instanceof Error) {
      return errorTypeNamed(error.name === "Error" ? error.constructor.name : error.name);
    }
  } catch {
    // an error may have getters that throw
  }
  return OTHER;
}

/** A name as an error type; `_OTHER` for what could not be an error class's. */
export function errorTypeNamed(name: unknown): string {
  return typeof name === "string" && /^[\w$.]{1,64}$/.test(name) ? name : OTHER;
}

const OTHER = "_OTHER";
