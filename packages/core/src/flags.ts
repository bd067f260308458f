import type { EvaluationContext } from "./context.js";
import { type ContextInput, createContextReader } from "./context-input.js";
import { within } from "./deadline.js";
import { type Definitions, defineFlags, type RegisteredDefinitions } from "./define.js";
import { BurgeeError, textOf } from "./errors.js";
import { followSource } from "./follow.js";
import { createObservers, type Observer } from "./observer.js";
import { createProblems } from "./problems.js";
import {
  AMBIENT,
  type AmbientHolder,
  createScope,
  type FlagScope,
  type ScopeHost,
} from "./scope.js";
import type { FlagSource } from "./source.js";

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
  /** The clock: milliseconds since the epoch. `@default Date.now` */
  readonly now?: () => number;
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
   * makes the scope anonymous, and is a problem.
   *
   * @param options.input what the context function is given
   */
  open<Input = void>(
    context: ContextInput<Input>,
    options?: { readonly input?: Input },
  ): FlagScope<D> | Promise<FlagScope<D>>;
  /**
   * Opens a scope for a context known now.
   *
   * @param options.now milliseconds since the epoch. `@default` the clock's
   */
  scope(context: EvaluationContext, options?: { readonly now?: number }): FlagScope<D>;
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
  /** Stops following the source. What was read stays: scopes go on with the last revision. */
  close(): void;
}

/**
 * Follows a source of flag sets and opens scopes on its newest revision. Nothing is read before
 * `ready`, the first scope or the first `run`. Problems go to observers; while none of them has a
 * `problem` method, to `console.warn`.
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
  const { source, now = Date.now } = options;
  const defined = defineFlags(definitions as Definitions);
  const client = options.client ?? ({} as C);
  checkClient(client, defined);
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
  const follower = followSource(source, {
    adopted(ruleset, previous) {
      problems.renew();
      if (!observers.listenTo("changed")) return;
      const keys = ruleset.differences(previous);
      if (keys.length > 0) observers.tell("changed", { keys, cause: "revision" });
    },
    problem: (problem) => problems.once(problem.code, problem.message, () => problem),
  });
  const host: ScopeHost = {
    definitions: new Map(Object.entries(defined)),
    observers,
    readContext: contexts.read,
    failed: (flag, code, message) =>
      problems.once(code, flag, () => {
        const what = `Flag ${JSON.stringify(flag)} serves its default: ${message}.`;
        return new BurgeeError(code, what, { flag });
      }),
  };

  function begin(context: unknown, at = now()): FlagScope<D> {
    const { ruleset, revision } = follower;
    return createScope(host, { ruleset, revision, context, now: at });
  }

  const flags: Flags<D, C> = {
    definitions,
    client,
    get revision() {
      return follower.revision;
    },
    async ready({ timeout = 5000 } = {}) {
      follower.start();
      if (follower.ruleset !== undefined) return true;
      const arrived = await within(timeout, follower.arrival, false);
      if (!arrived) {
        const what = `No revision of the flag set arrived within ${timeout} ms.`;
        problems.once("READY_TIMEOUT", "", () => new BurgeeError("READY_TIMEOUT", what));
      }
      return arrived;
    },
    open<Input>(context: ContextInput<Input>, { input }: { readonly input?: Input } = {}) {
      follower.start();
      if (typeof context !== "function") return begin(context);
      if (!contexts.awaits(context)) return begin(contexts.defer(context, input as Input));
      return contexts.load(context, input as Input).then((loaded) => begin(loaded));
    },
    scope(context, at = {}) {
      follower.start();
      return begin(context, at.now);
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
    observe: (observer) => observers.add(observer),
    close: () => follower.stop(),
  };
  return flags;
}

function checkClient(client: Definitions, defined: Definitions): void {
  const strange = Object.keys(client).filter((key) => !Object.hasOwn(defined, key));
  if (strange.length === 0) return;
  const what = `The client flags ${strange.join(", ")} are not among the definitions.`;
  throw new BurgeeError("INVALID_DEFINITION", what);
}
