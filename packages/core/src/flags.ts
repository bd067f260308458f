import type { EvaluationContext } from "./context.js";
import type { Attributes, ContextInput } from "./context-input.js";
import type { Definitions, RegisteredDefinitions, ValueOf, VariantOf } from "./define.js";
import type { EvaluationDetails } from "./details.js";
import type { Duration } from "./duration.js";
import type { Explanation } from "./explain.js";
import type { Health } from "./health.js";
import type { Observer } from "./observer.js";
import type { Overrides } from "./overrides.js";
import type { PinOptions } from "./pins.js";
import type { FlagResolver } from "./resolver.js";
import type { FlagScope } from "./scope.js";
import type { FlagSource } from "./source.js";

/** Options of {@link createFlags}. */
export interface FlagsOptions<C extends Definitions = Definitions> {
  /**
   * Where revisions of the flag set come from, or what resolves flags elsewhere. Flags are resolved
   * when a scope is opened, so that `open` and `run` wait for them, up to 250 ms, and a context
   * function runs there; `scope`, `explain` and `evaluateAt` do not wait, and give defaults.
   */
  readonly source: FlagSource | FlagResolver;
  /**
   * The flags that browsers may have; they get no other, and of these their values alone.
   *
   * @default none
   */
  readonly client?: C;
  /**
   * What signs override tokens and visitors' cookies: a random text of 32 characters or more. Of
   * several the first signs and all verify, so that one can be replaced by the next.
   *
   * @default none: no request can override a flag
   */
  readonly secret?: string | readonly string[] | undefined;
  /** Where this runs: it takes no token that was signed for elsewhere. `@default "production"` */
  readonly environment?: string;
  /**
   * How long a request or a message may take until its answer begins; then it counts as an error of
   * type `timeout`.
   *
   * @default "30s"
   */
  readonly workTimeout?: Duration;
  /**
   * For platforms that freeze a process between requests, so that it misses what the source tells:
   * how scopes are opened that find the revision held unverified for long.
   *
   * @default they are opened on what is held
   */
  readonly refresh?: RefreshOptions;
  /** The clock: milliseconds since the epoch. `@default Date.now` */
  readonly now?: () => number;
}

/** When the source is asked before a scope is opened. */
export interface RefreshOptions {
  /**
   * How long ago the revision held may have been verified, in milliseconds or a text such as `"10s"`.
   * If it is longer, or none is held, `open` asks the source first, once for all who wait, and goes on
   * after 250 ms at the latest, with what is held by then. A source that does not answer is asked
   * again after `maxAge`, or a second if that is longer. `scope` never waits.
   */
  readonly maxAge: Duration;
}

/** How a scope is opened, once its context is known. */
export interface ScopeOptions {
  /** Variants to serve whatever the rules say: for tests, and for whoever may look ahead. */
  readonly overrides?: Overrides | undefined;
  /**
   * What every context of the scope has, unless it says otherwise, also once somebody is identified.
   *
   * @default none
   */
  readonly attributes?: Attributes | undefined;
  /**
   * What rules take for the time, in milliseconds since the epoch.
   *
   * @default the clock's
   */
  readonly now?: number;
}

/** How a scope is opened. */
export interface OpenOptions<Input = void> extends Pick<ScopeOptions, "overrides" | "attributes"> {
  /** What the context function is given. */
  readonly input?: Input;
}

/** The flags of an application: one current ruleset, from which scopes are opened. */
export interface Flags<
  D extends Definitions = RegisteredDefinitions,
  C extends Definitions = Definitions,
> {
  /** The definitions it was created with. */
  readonly definitions: D;
  /** Those of them that browsers may have. */
  readonly client: C;
  /** The id of the current revision; undefined before the first. */
  readonly revision: string | undefined;
  /** How flags are served now: whether the source is out, and which flags feel it. */
  readonly health: Health;
  /**
   * Waits, at boot, for the first revision. Never rejects.
   *
   * @param options.timeout in milliseconds. `@default 5000`
   * @returns false if none came in time: defaults serve until one does
   */
  ready(options?: { readonly timeout?: number }): Promise<boolean>;
  /**
   * Opens a scope for a unit of work. A function runs at the first read; one written `async` is
   * awaited now, for 250 ms at most. A function that throws, rejects, is late or gives no object
   * makes the scope anonymous, and is a problem. With `refresh`, an old revision is verified first.
   */
  open<Input = void>(
    context: ContextInput<Input>,
    options?: OpenOptions<Input>,
  ): FlagScope<D> | Promise<FlagScope<D>>;
  /**
   * Opens a scope for a context known now.
   */
  scope(context: EvaluationContext, options?: ScopeOptions): FlagScope<D>;
  /**
   * Runs a job in a scope of its own and settles it. Inside, the scope is the current one if
   * `@burgee/core/ambient` is loaded.
   *
   * @throws what `work` throws, after it was recorded
   */
  run<Result>(
    context: ContextInput,
    work: (scope: FlagScope<D>) => Result | Promise<Result>,
  ): Promise<Result>;
  /** Adds an observer, until the returned function is called. */
  observe(observer: Observer): () => void;
  /**
   * Serves a flag's safe variant in this process for a while, whatever the rules say: how a flag is
   * stopped whose store cannot be written. A pin the flag has already is replaced.
   *
   * @param variant the definition's default: a pin never raises a treatment
   * @returns the undo; it leaves a later pin alone
   * @throws BurgeeError `INVALID_PIN` for any other variant, and without a reason and an end within
   * the next ten minutes
   *
   * @example
   * ```ts
   * import type { Flags } from "@burgee/core";
   *
   * export function stopHere(flags: Flags): () => void {
   *   const until = Date.now() + 60_000;
   *   return flags.pin("new-checkout", "off", { until, reason: "errors rose by 5 %" });
   * }
   * ```
   */
  pin<Key extends keyof D & string>(
    key: Key,
    variant: VariantOf<D[Key]>,
    options: PinOptions,
  ): () => void;
  /**
   * What a flag serves to a context, and how its rule came to it: every operator with what it was
   * given and what it gave. It is no exposure.
   *
   * @param now milliseconds since the epoch. `@default` the clock's
   */
  explain(key: string, context: EvaluationContext, now?: number): Explanation;
  /**
   * What the rules of the current revision decide at a date: for looking ahead. It is no exposure, and
   * pins and outages, which are of now, do not count.
   *
   * @param date a date, or milliseconds since the epoch
   */
  evaluateAt<Key extends keyof D & string>(
    date: Date | number,
    key: Key,
    context: EvaluationContext,
  ): EvaluationDetails<ValueOf<D[Key]>>;
  /** Stops following the source. What was read stays: scopes go on with the last revision. */
  close(): void;
}
