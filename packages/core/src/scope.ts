import type { Circumstances, StandIn } from "./circumstances.js";
import { anonymous, type EvaluationContext } from "./context.js";
import type { Attributes } from "./context-input.js";
import type {
  Definition,
  Definitions,
  RegisteredDefinitions,
  ValueOf,
  VariantOf,
} from "./define.js";
import type { EvaluationDetails, EvaluationErrorCode } from "./details.js";
import type { FlagMetadata } from "./flag-set.js";
import type { Held } from "./follow.js";
import { opensGate } from "./gate.js";
import { GROUNDS, type Grounds, type UndefaultedDetails } from "./grounds.js";
import { frozenCopy, type JsonValue, jsonType, ownValue } from "./json.js";
import type { Exposure, Observers, Settlement } from "./observer.js";
import { type Ending, outcomeOf } from "./outcome.js";
import { Reads } from "./reads.js";
import { createScopedFlagSet } from "./scoped-flag-set.js";
import type { Watchdog } from "./watchdog.js";

/**
 * One unit of work (a request, a job): one context, one revision of the flags, one `now`. Every
 * read of a flag in it gives the same value. Nothing in it throws.
 */
export interface FlagScope<D extends Definitions = RegisteredDefinitions> {
  /** The flag's value, and the exposure that goes with reading it. */
  get<Key extends keyof D & string>(key: Key): ValueOf<D[Key]>;
  /** The flag's value, and how it came about. */
  details<Key extends keyof D & string>(key: Key): EvaluationDetails<ValueOf<D[Key]>>;
  /**
   * What `details` would give, without the exposure: for values that are handed on (to a browser, to
   * a template), and that nothing here acts on.
   */
  peek<Key extends keyof D & string>(key: Key): EvaluationDetails<ValueOf<D[Key]>>;
  /**
   * Whether a gate on the flag is open: its variant is one of `is`, or, without `is`, its value is
   * `true`. The exposure is marked `gated`, since the gate itself answers for the closed side.
   */
  gate<Key extends keyof D & string>(
    key: Key,
    is?: VariantOf<D[Key]> | readonly VariantOf<D[Key]>[],
  ): boolean;
  /**
   * Picks what belongs to the flag's variant. A variant without an entry gets the safe variant's,
   * and its exposure is marked `gated`; undefined if that has none, either.
   */
  choose<
    Key extends keyof D & string,
    Choices extends { readonly [Name in VariantOf<D[Key]>]: unknown },
  >(key: Key, choices: Choices): Choices[keyof Choices] | undefined;
  /**
   * Replaces the context. Flags already read keep their value, as all do that are resolved elsewhere;
   * if there are any, the scope is marked `reidentified`.
   */
  identify(context: EvaluationContext): void;
  /** The variants read so far; what is read after the scope has ended is not among them. */
  readonly exposures: readonly Exposure[];
  /**
   * Notes that the work failed; the first error counts. One that comes after the scope has ended, of
   * work that its caller gave up, is a problem, and counts against nothing.
   */
  fail(error: unknown): void;
  /** Ends the scope and tells its outcome, once: further calls do nothing. */
  settle(ending?: Ending): void;
  /**
   * Has the scope settled as an error of type `timeout` if it is still open when the time for work is
   * up (`workTimeout` of the Flags). For adapters: what they open might never end.
   *
   * @param answer what the work answers with. Once its headers are sent it may go on for as long as
   * it likes, and settles without a duration
   */
  watch(answer?: Answer): void;
}

/** What a unit of work answers with, such as Node's `ServerResponse`. */
export interface Answer {
  readonly headersSent: boolean;
}

/** What a scope needs of the Flags that opened it. */
export interface ScopeHost {
  readonly definitions: ReadonlyMap<string, Definition>;
  readonly observers: Observers;
  readonly watchdog: Watchdog;
  /**
   * What was given as a context, or what it gives when called; anonymous if that is none.
   *
   * @param attributes those it has unless it says otherwise
   */
  readContext(given: unknown, attributes: Attributes | undefined): EvaluationContext;
  /** Reports a failed evaluation. */
  failed(flag: string, code: EvaluationErrorCode, message: string): void;
  /** Reports an error of a scope that had ended. */
  failedLate(error: unknown): void;
}

/** Where the current scope is kept: one storage a process, however often this package is loaded. */
export const AMBIENT = Symbol.for("burgee.scope.v1");

/** What is kept there: an AsyncLocalStorage, once `@burgee/core/ambient` is loaded. */
export interface AmbientHolder {
  [AMBIENT]?: {
    run<Result>(scope: object, work: () => Result): Result;
    getStore(): object | undefined;
  };
}

/** Where a scope begins. */
export interface ScopeStart {
  /** The revision it goes by; undefined before the first. */
  readonly held: Held | undefined;
  /** The context, or a function that gives it at the first read. */
  readonly context: unknown;
  /** What every context of the scope has, unless it says otherwise. */
  readonly attributes?: Attributes | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What it goes by besides the rules. */
  readonly circumstances: Circumstances | undefined;
  /** How many changes had been told of before. */
  readonly changes: number;
}

/** Opens a scope. */
export function createScope<D extends Definitions>(
  host: ScopeHost,
  start: ScopeStart,
): FlagScope<D> {
  return new Scope(host, start) as unknown as FlagScope<D>;
}

/** Until the first read, so that a scope without reads makes neither. */
const NOTHING_READ = new Reads();
const NO_EXPOSURES: readonly Exposure[] = [];

class Scope implements FlagScope<Definitions> {
  readonly #host: ScopeHost;
  readonly #start: ScopeStart;
  readonly #openedAt = performance.now();
  #given: unknown;
  #context: EvaluationContext | undefined;
  #reads = NOTHING_READ;
  #exposures = NO_EXPOSURES as Exposure[];
  #readByOthers = false;
  #reidentified = false;
  #failure: { readonly error: unknown } | undefined;
  #settled = false;
  #watched = false;
  #streaming = false;

  constructor(host: ScopeHost, start: ScopeStart) {
    this.#host = host;
    this.#start = start;
    this.#given = start.context;
  }

  get(key: string): JsonValue {
    return this.details(key).value;
  }

  details(key: string): EvaluationDetails {
    return this.#reads.get(key)?.details ?? this.#expose(key, this.#look(key), false);
  }

  peek(key: string): EvaluationDetails {
    return this.#reads.get(key)?.details ?? this.#look(key);
  }

  #look(key: string): EvaluationDetails {
    const definition = this.#host.definitions.get(key);
    return definition === undefined ? this.#undefinedFlag(key) : this.#evaluate(key, definition);
  }

  gate(key: string, is?: string | readonly string[]): boolean {
    return opensGate(this.#expose(key, this.peek(key), true), is);
  }

  choose<Choices extends object>(
    key: string,
    choices: Choices,
  ): Choices[keyof Choices] | undefined {
    const details = this.peek(key);
    const offered = (name?: string) => name !== undefined && Object.hasOwn(choices, name);
    const { variant } = this.#expose(key, details, !offered(details.variant));
    const chosen = offered(variant) ? variant : this.#host.definitions.get(key)?.default;
    return offered(chosen) ? choices[chosen as keyof Choices] : undefined;
  }

  identify(context: EvaluationContext): void {
    this.#given = context;
    this.#context = undefined;
    if (!this.#reads.isEmpty || this.#start.held?.isResolved) this.#reidentified = true;
  }

  get exposures(): readonly Exposure[] {
    return this.#exposures;
  }

  get [GROUNDS](): Grounds {
    const { held, changes, circumstances, now } = this.#start;
    const { definitions, observers } = this.#host;
    const asking = () => {
      const { targetingKey, visitorId } = this.#resolveContext();
      return [targetingKey, visitorId].find(isName);
    };
    const flagSet = () =>
      held &&
      createScopedFlagSet({
        ruleset: held.ruleset,
        definitions,
        circumstances,
        context: this.#resolveContext(),
        now,
      });
    const read = (key: string, more: EvaluationContext) => this.#readAs(key, more);
    return {
      revision: held?.revision,
      asking,
      context: this.#context,
      changes,
      flagSet,
      observers,
      read,
    };
  }

  #readAs(key: string, more: EvaluationContext): UndefaultedDetails | undefined {
    const isOwn = Object.keys(more).length === 0;
    const defined = this.#host.definitions.has(key);
    if (isOwn && defined) return this.details(key);
    const own = this.#resolveContext();
    const context = () => (isOwn ? own : { ...own, ...more });
    const other = new Scope(this.#host, { ...this.#start, context, attributes: undefined });
    const details = defined ? other.peek(key) : other[GROUNDS].flagSet()?.evaluate(key);
    if (details?.variant !== undefined) this.#note(key, details.variant, details);
    return details;
  }

  fail(error: unknown): void {
    if (this.#settled) this.#host.failedLate(error);
    else this.#failure ??= { error };
  }

  settle(ending: Ending = {}): void {
    if (this.#settled) return;
    this.#settled = true;
    if (this.#watched) this.#host.watchdog.forget(this);
    if (!this.#host.observers.listenTo("settled")) return;
    const settlement: Settlement = {
      scope: this,
      exposures: this.exposures,
      outcome: outcomeOf(this.#failure, ending, this.#duration()),
      revision: this.#start.held?.revision,
      startedAt: this.#start.now,
      reidentified: this.#reidentified,
    };
    this.#host.observers.tell("settled", settlement);
  }

  watch(answer?: Answer): void {
    if (this.#watched || this.#settled) return;
    this.#watched = true;
    this.#host.watchdog.watch(this, this.#openedAt, () => {
      if (answer?.headersSent) this.#streaming = true;
      else this.settle({ errorType: "timeout" });
    });
  }

  #duration(): number | undefined {
    return this.#streaming ? undefined : performance.now() - this.#openedAt;
  }

  #evaluate(key: string, definition: Definition): EvaluationDetails {
    const { circumstances } = this.#start;
    const standIn = circumstances?.standIn(key, definition);
    if (standIn !== undefined) return this.#serve(key, definition, standIn);
    const details = this.#decide(key, definition);
    if (details.errorCode !== undefined) {
      this.#host.failed(key, details.errorCode, details.errorMessage ?? "");
    }
    const stale = circumstances?.stale === true;
    if (details.variant !== undefined && !stale) return details;
    const variant = details.variant ?? definition.default;
    return Object.freeze({ ...details, variant, ...(stale && { stale }) });
  }

  /** What the rules decide. */
  #decide(key: string, definition: Definition): EvaluationDetails {
    const fallback = definition.variants[definition.default] as JsonValue;
    const { held, now } = this.#start;
    if (held === undefined) return notReady(fallback);
    if (definition.requires?.some((required) => this.peek(required).value !== true)) {
      return { value: fallback, reason: "DEFAULT", flagMetadata: this.#metadata(key) };
    }
    const context = definition.context === "none" ? anonymous : this.#resolveContext();
    return held.ruleset.evaluate(key, fallback, context, now);
  }

  /** What stands in for what the rules decide. */
  #serve(key: string, { variants }: Definition, standIn: StandIn): EvaluationDetails {
    const declared = variants[standIn.variant] as JsonValue;
    const value =
      standIn.reason === "STALE" ? declared : this.#valueIn(key, standIn.variant, declared);
    return Object.freeze({ value, ...standIn, flagMetadata: this.#metadata(key) });
  }

  /** A variant's value in the flag set; as it is declared, if it has none of that type. */
  #valueIn(key: string, variant: string, declared: JsonValue): JsonValue {
    const value = ownValue(this.#start.held?.ruleset.flag(key)?.variants ?? {}, variant);
    return jsonType(value) === jsonType(declared) ? frozenCopy(value as JsonValue) : declared;
  }

  #metadata(key: string): FlagMetadata {
    const { held, now } = this.#start;
    return held?.ruleset.evaluate(key, undefined, anonymous, now).flagMetadata ?? {};
  }

  #undefinedFlag(key: string): EvaluationDetails {
    const errorMessage = "it is not defined in code";
    this.#host.failed(key, "FLAG_NOT_FOUND", errorMessage);
    return {
      value: undefined as unknown as JsonValue,
      reason: "ERROR",
      errorCode: "FLAG_NOT_FOUND",
      errorMessage,
      flagMetadata: {},
    };
  }

  #resolveContext(): EvaluationContext {
    if (this.#context === undefined) {
      this.#context = anonymous; // for the reads of a context function in its own scope
      this.#context = this.#host.readContext(this.#given, this.#start.attributes);
    }
    return this.#context;
  }

  /** Notes what was read, once; the flag's details as the scope keeps them. */
  #expose(flag: string, details: EvaluationDetails, gated: boolean): EvaluationDetails {
    const known = this.#reads.get(flag);
    if (known !== undefined) {
      if (gated) known.exposure.gated = true;
      return known.details;
    }
    const { variant } = details;
    if (variant === undefined) return details;
    if (this.#reads === NOTHING_READ) {
      this.#reads = new Reads();
      if (this.#exposures === NO_EXPOSURES) this.#exposures = [];
    }
    freezeDetails(details);
    const exposure = { flag, variant, details, gated, scope: this };
    this.#reads.add({ flag, details, exposure });
    this.#count(exposure);
    return details;
  }

  /** Notes what was read of a flag as somebody else: each of its variants, once. */
  #note(flag: string, variant: string, details: UndefaultedDetails): void {
    freezeDetails(details);
    if (this.#exposures === NO_EXPOSURES) this.#exposures = [];
    this.#readByOthers = true;
    this.#count({ flag, variant, details, gated: false, scope: this });
  }

  #count(exposure: Exposure): void {
    if (this.#readByOthers && isCounted(exposure, this.#exposures)) return;
    if (!this.#settled) this.#exposures.push(exposure);
    this.#host.observers.tell("exposure", exposure);
  }
}

/** Whether somebody can be told apart by it, as splits do. */
function isName(given: unknown): given is string {
  return typeof given === "string" && given !== "";
}

/** Whether an exposure of that variant is among others. */
function isCounted({ flag, variant }: Exposure, exposures: readonly Exposure[]): boolean {
  return exposures.some((other) => other.flag === flag && other.variant === variant);
}

/** Observers see them, and must not be able to change what later reads give. */
function freezeDetails(details: UndefaultedDetails): void {
  if (details.split !== undefined) Object.freeze(details.split);
  Object.freeze(details);
}

function notReady(value: JsonValue): EvaluationDetails {
  return {
    value,
    reason: "ERROR",
    errorCode: "PROVIDER_NOT_READY",
    errorMessage: "no revision has arrived yet",
    flagMetadata: {},
  };
}
