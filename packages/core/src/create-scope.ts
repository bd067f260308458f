import type { Circumstances } from "./circumstances.js";
import { anonymous, type EvaluationContext } from "./context.js";
import type { Attributes } from "./context-input.js";
import type { Definition, Definitions } from "./define.js";
import type { EvaluationDetails, EvaluationErrorCode } from "./details.js";
import { opensGate } from "./gate.js";
import { GROUNDS, type Grounds, type UndefaultedDetails } from "./grounds.js";
import type { JsonValue } from "./json.js";
import type { Exposure, Observers, Settlement } from "./observer.js";
import { type Ending, outcomeOf } from "./outcome.js";
import { Reads } from "./reads.js";
import type { Answer, FlagScope } from "./scope.js";
import { createScopedFlagSet } from "./scoped-flag-set.js";
import {
  type Moment,
  NOT_DEFINED,
  notReady,
  standInDetails,
  withoutRequired,
} from "./unruled-details.js";
import type { Watchdog } from "./watchdog.js";

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

/** Where a scope begins. */
export interface ScopeStart extends Moment {
  /** The context, or a function that gives it at the first read. */
  readonly context: unknown;
  /** What every context of the scope has, unless it says otherwise. */
  readonly attributes?: Attributes | undefined;
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
    if (definition !== undefined) return this.#evaluate(key, definition);
    this.#host.failed(key, "FLAG_NOT_FOUND", NOT_DEFINED.errorMessage);
    return NOT_DEFINED;
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
    if (standIn !== undefined) return standInDetails(standIn, key, definition, this.#start);
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
      return withoutRequired(fallback, key, this.#start);
    }
    const context = definition.context === "none" ? anonymous : this.#resolveContext();
    return held.ruleset.evaluate(key, fallback, context, now);
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
