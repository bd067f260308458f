import type { EvaluationContext } from "./context.js";
import type { Definition } from "./define.js";
import type { EvaluationErrorCode, Reason } from "./details.js";
import type { FlagMetadata } from "./flag-set.js";

/** What a resolver makes of a flag for somebody. */
export interface Resolution {
  readonly value: unknown;
  /** The variant's name, if it has one there. */
  readonly variant?: string | undefined;
  readonly reason: Reason;
  /** Why it could not be resolved; then the definition's default serves, whatever the value is. */
  readonly errorCode?: EvaluationErrorCode | undefined;
  readonly errorMessage?: string | undefined;
  readonly flagMetadata?: FlagMetadata | undefined;
}

/** What a resolver tells: each may be called at any time, also before `subscribe` returns. */
export interface ResolverSink {
  /**
   * Flags can be resolved, and some may come out otherwise than before.
   *
   * @param revision a name for what they are resolved by now, compared for equality only
   * @param keys those flags' keys. `@default` all
   */
  next(revision: string, keys?: readonly string[]): void;
  /** What flags are resolved by was found to be the newest now. */
  current(): void;
  /** Flags cannot be resolved, or only by what may be outdated. */
  problem(error: unknown): void;
}

/**
 * What decides flags elsewhere, such as a vendor's client: it is asked for each flag that is defined,
 * before a scope is opened. It may take 250 ms, may throw, and may hang: then defaults serve. While
 * 1,000 answers of a flag are owed, it is not asked for that one, for a minute at most.
 */
export interface FlagResolver {
  /**
   * Tells how it is, until the returned function is called. Nothing happens before the first
   * follower; the last one to leave stops whatever runs.
   */
  follow(sink: ResolverSink): () => void;
  /** Decides a flag for somebody. */
  resolve(flag: string, definition: Definition, context: EvaluationContext): Promise<Resolution>;
}
