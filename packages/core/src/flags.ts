import { LONGEST } from "./alarm.js";
import { circumstancesOf } from "./circumstances.js";
import { checkConformance } from "./conformance.js";
import type { EvaluationContext } from "./context.js";
import { type Attributes, type ContextInput, createContextReader } from "./context-input.js";
import { within } from "./deadline.js";
import {
  type Definitions,
  defineFlags,
  type RegisteredDefinitions,
  type ValueOf,
  type VariantOf,
} from "./define.js";
import type { EvaluationDetails } from "./details.js";
import { type Duration, millisecondsOf } from "./duration.js";
import { BurgeeError, type ErrorCode, textOf } from "./errors.js";
import type { Explanation } from "./explain.js";
import { type Adoption, followSource } from "./follow.js";
import { createFreshness } from "./freshness.js";
import { type Health, healthOf } from "./health.js";
import { type Change, createObservers, type Observer } from "./observer.js";
import { errorTypeOf } from "./outcome.js";
import type { Overrides } from "./overrides.js";
import { createPins, type PinOptions } from "./pins.js";
import { createProblems } from "./problems.js";
import { checkRequires, findDependents, withRequired } from "./requires.js";
import {
  AMBIENT,
  type AmbientHolder,
  createScope,
  type FlagScope,
  type ScopeHost,
} from "./scope.js";
import { createSigning, SIGNING, secretsOf } from "./signing.js";
import type { FlagSource } from "./source.js";
import { createTimetable } from "./timetable.js";
import { createWatchdog } from "./watchdog.js";

/** Options of {@link createFlags}. */
export interface FlagsOptions<C extends Definitions = Definitions> {
  /** Where revisions of the flag set come from. */
  readonly source: FlagSource;
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

/**
 * Follows a source of flag sets and opens scopes on its newest revision. Nothing is read before
 * `ready`, the first scope or the first `run`. Problems go to observers; while none of them has a
 * `problem` method, to `console.warn`.
 *
 * @throws BurgeeError `INVALID_DEFINITION`, `INVALID_SECRET`, `INVALID_OPTIONS`
 *
 * @example
 * ```ts
 * import { createFlags, defineFlags } from "@burgee/core";
 * import { fileStore } from "@burgee/stores/file";
 *
 * const definitions = defineFlags({ "new-checkout": { default: false } });
 * const flags = createFlags(definitions, { source: fileStore("flags.json") });
 *
 * await flags.ready({ timeout: 2000 });
 * const scope = flags.scope({ targetingKey: "user-1", country: "NL" });
 * if (scope.get("new-checkout")) console.log("the new checkout");
 * scope.settle();
 * flags.close();
 * ```
 */
export function createFlags<D extends Definitions, C extends Definitions = Record<never, never>>(
  definitions: D,
  options: FlagsOptions<C>,
): Flags<D, C> {
  const { source, secret = [], environment = "production", now = Date.now } = options;
  const defined = defineFlags(definitions as Definitions);
  const client = options.client ?? ({} as C);
  checkClient(client, defined);
  const byKey = new Map(Object.entries(defined));
  checkRequires(byKey);
  const withDependents = findDependents(byKey);
  let changes = 0;
  const problems = createProblems((problem) => {
    if (observers.listenTo("problem")) observers.tell("problem", problem);
    else console.warn(problem.message);
  });
  const observers = createObservers((cause, method) =>
    problems.once("OBSERVER_FAILED", method, () => {
      const what = `An observer's ${method}() failed: ${textOf(cause)}.`;
      return new BurgeeError("OBSERVER_FAILED", what, { cause });
    }),
  );
  const contexts = createContextReader(problems);
  const pins = createPins(byKey, now, (keys) => announce(keys, "pin"));
  const timetable = createTimetable({
    now,
    ruleset: () => follower.held?.ruleset,
    readElsewhere: withRequired(Object.keys(client), byKey),
    changed: (keys) => announce(keys, "schedule"),
  });
  const follower = followSource(
    source,
    {
      adopted,
      problem: tellOnce,
      scheduled: timetable.add,
    },
    now,
  );
  const freshness =
    options.refresh &&
    createFreshness({
      source,
      maxAge: timeOf("refresh.maxAge", options.refresh.maxAge),
      age: () => follower.verification.age,
      now,
      problem: tellOnce,
    });
  const secrets = secretsOf(secret);
  const facts = {
    secrets: () => secrets,
    environment,
    definitions: byKey,
    now,
    observers,
  };
  const signing = createSigning(facts, problems);
  const host: ScopeHost = {
    definitions: byKey,
    observers,
    watchdog: createWatchdog(timeOf("workTimeout", options.workTimeout ?? "30s")),
    readContext: contexts.read,
    failed: (flag, code, message) => report(flag, code, `serves its default: ${message}`),
    failedLate: (error) =>
      problems.once("LATE_ERROR", errorTypeOf(error), () => {
        const what = `An error of type ${errorTypeOf(error)} came after its scope had ended.`;
        return new BurgeeError("LATE_ERROR", what, { cause: error });
      }),
  };

  function report(flag: string, code: ErrorCode, what: string): void {
    problems.once(code, flag, () => {
      return new BurgeeError(code, `Flag ${JSON.stringify(flag)} ${what}.`, { flag });
    });
  }

  function tellOnce(problem: BurgeeError): void {
    problems.once(problem.code, problem.message, () => problem);
  }

  function announce(keys: readonly string[], cause: Change["cause"]): void {
    if (keys.length === 0) return;
    changes++;
    observers.tell("changed", { keys: withDependents(keys), cause });
  }

  function adopted({ held: { ruleset }, previous, delta, whole }: Adoption): void {
    problems.renew();
    const { put = {}, remove = [] } = delta?.flags ?? {};
    if (whole) checkConformance(byKey, byKey.keys(), ruleset.flagSet.flags, report);
    else checkConformance(byKey, [...Object.keys(put), ...remove], put, report);
    if (!observers.listenTo("changed")) return;
    timetable.renew();
    const keys =
      previous === undefined || delta === undefined
        ? Object.keys(ruleset.flagSet.flags)
        : previous.ruleset.keysChangedBy(delta);
    announce(keys, "revision");
  }

  function begin(context: unknown, options: ScopeOptions): FlagScope<D> {
    const { held, verification } = follower;
    const { overrides, attributes, now: at = now() } = options;
    const age = verification.outage && verification.age;
    const circumstances = circumstancesOf(overrides, pins.held, age, now);
    return createScope(host, { held, context, attributes, now: at, circumstances, changes });
  }

  const flags: Flags<D, C> = {
    definitions,
    client,
    get revision() {
      return follower.held?.revision;
    },
    get health() {
      return healthOf(byKey, follower, {
        pins: pins.held,
        refusedOverrides: signing.refusedCount,
        now: now(),
      });
    },
    async ready({ timeout = 5000 } = {}) {
      follower.start();
      if (follower.held !== undefined) return true;
      const arrived = await within(timeout, follower.arrival, false);
      if (!arrived) {
        const what = `No revision of the flag set arrived within ${timeout} ms.`;
        problems.once("READY_TIMEOUT", "", () => new BurgeeError("READY_TIMEOUT", what));
      }
      return arrived;
    },
    open<Input>(context: ContextInput<Input>, options: OpenOptions<Input> = NONE) {
      follower.start();
      const fresh = freshness && !follower.stopped ? freshness.due() : undefined;
      if (typeof context === "function" && contexts.awaits(context)) {
        const loaded = contexts.load(context, options.input as Input);
        return (fresh ? fresh.then(() => loaded) : loaded).then((known) => begin(known, options));
      }
      const known =
        typeof context === "function" ? contexts.defer(context, options.input as Input) : context;
      return fresh ? fresh.then(() => begin(known, options)) : begin(known, options);
    },
    scope(context, options = NONE) {
      follower.start();
      return begin(context, options);
    },
    async run(context, work) {
      const scope = await flags.open(context);
      const { [AMBIENT]: ambient } = globalThis as AmbientHolder;
      try {
        return await (ambient === undefined ? work(scope) : ambient.run(scope, () => work(scope)));
      } catch (error) {
        scope.fail(error);
        throw error;
      } finally {
        scope.settle();
      }
    },
    observe(observer) {
      const remove = observers.add(observer);
      const plan = () => timetable.watch(observers.listenTo("changed"));
      plan();
      return () => {
        remove();
        plan();
      };
    },
    pin: (key, variant, options) => pins.add(key, variant, options),
    explain(key, context, at = now()) {
      follower.start();
      const explanation = follower.held?.ruleset.explain(key, context, at);
      if (explanation !== undefined && !byKey.has(key)) return explanation;
      const details = begin(context, { now: at }).peek(key as keyof D & string);
      return { ...explanation, key, details };
    },
    evaluateAt(date, key, context) {
      follower.start();
      const { held } = follower;
      const start = { held, context, now: Number(date), circumstances: undefined, changes };
      return createScope<D>(host, start).peek(key);
    },
    close() {
      follower.stop();
      timetable.stop();
      pins.stop();
    },
  };
  Object.defineProperty(flags, SIGNING, { value: signing });
  return flags;
}

const NONE = {};

function timeOf(option: string, duration: Duration): number {
  const time = millisecondsOf(duration);
  if (time !== undefined && time <= LONGEST) return time;
  const what = `createFlags needs a time for ${option}, not ${JSON.stringify(duration)}.`;
  throw new BurgeeError("INVALID_OPTIONS", what);
}

function checkClient(client: Definitions, defined: Definitions): void {
  const strange = Object.keys(client).filter((key) => !Object.hasOwn(defined, key));
  if (strange.length === 0) return;
  const what = `The client flags ${strange.join(", ")} are not among the definitions.`;
  throw new BurgeeError("INVALID_DEFINITION", what);
}
