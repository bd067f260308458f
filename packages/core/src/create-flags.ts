import { LONGEST } from "./alarm.js";
import { AMBIENT, type AmbientHolder } from "./ambient-holder.js";
import { circumstancesOf, underHarness } from "./circumstances.js";
import { checkConformance } from "./conformance.js";
import { type ContextInput, createContextReader } from "./context-input.js";
import { createScope, type ScopeHost } from "./create-scope.js";
import { within } from "./deadline.js";
import { type Definitions, defineFlags } from "./define.js";
import { type Duration, millisecondsOf } from "./duration.js";
import { BurgeeError, type ErrorCode, textOf } from "./errors.js";
import type { Flags, FlagsOptions, OpenOptions, ScopeOptions } from "./flags.js";
import { type Adoption, followSource, type Held } from "./follow.js";
import { createFreshness } from "./freshness.js";
import { harness } from "./harness.js";
import { healthOf } from "./health.js";
import { type Change, createObservers } from "./observer.js";
import { errorTypeOf } from "./outcome.js";
import { createPins } from "./pins.js";
import { createProblems } from "./problems.js";
import { checkRequires, findDependents, withRequired } from "./requires.js";
import { createResolutions, type Resolutions } from "./resolution.js";
import { resolverSource } from "./resolver-source.js";
import type { FlagScope } from "./scope.js";
import { createSigning, SIGNING, secretsOf } from "./signing.js";
import type { FlagSource } from "./source.js";
import { createTimetable } from "./timetable.js";
import { createWatchdog } from "./watchdog.js";

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
  const { secret = [], environment = "production", now = Date.now } = options;
  const defined = defineFlags(definitions as Definitions);
  const client = options.client ?? ({} as C);
  checkClient(client, defined);
  const byKey = new Map(Object.entries(defined));
  checkRequires(byKey);
  const withDependents = findDependents(byKey);
  let changes = 0;
  let toldHealth: string | undefined;
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
  const resolver = "resolve" in options.source ? options.source : undefined;
  const resolutions = resolver && createResolutions(resolver, byKey, report);
  const source = resolver
    ? resolverSource(resolver, (keys = [...byKey.keys()]) => {
        if (!follower.stopped) announce(keys, "revision");
      })
    : (options.source as FlagSource);
  const follower = followSource(
    source,
    {
      adopted,
      problem: tellOnce,
      turned: tellHealth,
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

  /** Tells how flags are served, unless that was told. */
  function tellHealth(): void {
    const { health } = flags;
    const told = `${health.status} ${health.outage?.since}`;
    if (told === toldHealth) return;
    toldHealth = told;
    observers.tell("health", health);
  }

  function announce(keys: readonly string[], cause: Change["cause"]): void {
    if (keys.length === 0) return;
    changes++;
    observers.tell("changed", { keys: withDependents(keys), cause });
  }

  function adopted({ held: { ruleset }, previous, delta, whole }: Adoption): void {
    problems.renew();
    if (previous === undefined) tellHealth();
    if (resolver !== undefined) return;
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

  /**
   * @param held what the scope goes by
   * @param followed how many changes it has followed
   */
  function begin(
    context: unknown,
    options: ScopeOptions,
    held = heldNow(),
    followed = changes,
  ): FlagScope<D> {
    const { verification } = follower;
    const { overrides, attributes, now: at = now() } = options;
    const age = verification.outage && verification.age;
    const standing = circumstancesOf(overrides, pins.held, age, now);
    const rehearsed = harness.overrides?.(flags as unknown as Flags);
    const circumstances = rehearsed ? underHarness(rehearsed, standing) : standing;
    const start = { held, context, attributes, now: at, circumstances, changes: followed };
    return createScope(host, start);
  }

  /** What is held; of flags that are resolved elsewhere, what nobody has resolved. */
  function heldNow(): Held | undefined {
    const { held } = follower;
    return held && resolutions ? { ...held, ruleset: resolutions.none } : held;
  }

  /** Opens a scope whose flags are resolved. */
  async function beginResolved<Input>(
    { for: resolve }: Resolutions,
    context: ContextInput<Input>,
    options: OpenOptions<Input>,
  ): Promise<FlagScope<D>> {
    const given =
      typeof context === "function" ? contexts.load(context, options.input as Input) : context;
    const who = contexts.read(await given, options.attributes);
    const { held } = follower;
    if (held === undefined) return begin(who, options);
    const followed = changes; // what changes meanwhile may have come too late for it
    const ruleset = await resolve(who);
    return begin(who, options, { ...held, ruleset, isResolved: true }, followed);
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
      if (resolutions !== undefined) return beginResolved(resolutions, context, options);
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
      const start = {
        held: heldNow(),
        context,
        now: Number(date),
        circumstances: undefined,
        changes,
      };
      return createScope<D>(host, start).peek(key);
    },
    close() {
      follower.stop();
      timetable.stop();
      pins.stop();
      tellHealth();
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
