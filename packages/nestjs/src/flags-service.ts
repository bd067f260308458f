import {
  BurgeeError,
  type ContextInput,
  type EvaluationDetails,
  type FlagKey,
  type FlagScope,
  type Flags,
  type FlagValue,
  type VariantName,
} from "@burgee/core";
import { type ExecutionContext, Logger } from "@nestjs/common";
import { scopeIn } from "./carrier.js";
import { currentOf, enter } from "./current-scope.js";
import type { Setup } from "./setup.js";

/**
 * Reads flags wherever a request, a message or a job leads: whatever is injected with it needs no
 * request of its own. It is a singleton.
 *
 * @example
 * ```ts
 * import { FlagsService } from "@burgee/nestjs";
 * import { Injectable } from "@nestjs/common";
 *
 * @Injectable()
 * export class Search {
 *   constructor(readonly flags: FlagsService) {}
 *
 *   find(words: string) {
 *     return this.flags.get("search-ranking") === "hybrid" ? `about ${words}` : words;
 *   }
 * }
 * ```
 */
export class FlagsService {
  readonly #setup: Setup;
  readonly #logger = new Logger(FlagsService.name);
  #warned = false;

  constructor(setup: Setup) {
    this.#setup = setup;
  }

  /** The application's flags. */
  get flags(): Flags {
    return this.#setup.flags;
  }

  /** The flag's value in the current scope, and the exposure that goes with reading it. */
  get<Key extends FlagKey>(key: Key): FlagValue<Key> {
    return this.scope.get(key);
  }

  /** The flag's value in the current scope, and how it came about. */
  details<Key extends FlagKey>(key: Key): EvaluationDetails<FlagValue<Key>> {
    return this.scope.details(key);
  }

  /** Picks what belongs to the flag's variant; the safe variant's, if that has no choice. */
  choose<Key extends FlagKey, Choices extends { readonly [Name in VariantName<Key>]: unknown }>(
    key: Key,
    choices: Choices & { readonly [Extra in Exclude<keyof Choices, VariantName<Key>>]: never },
  ): Choices[keyof Choices] | undefined {
    return this.scope.choose(key, choices as never);
  }

  /**
   * The current scope. Where there is none (at boot, in a job that is not in `run`) an anonymous one,
   * which is no unit of work, and a warning, once.
   */
  get scope(): FlagScope {
    const scope = currentOf(this.#setup.name);
    if (scope !== undefined) return scope;
    if (!this.#warned) {
      this.#warned = true;
      const what = "A flag was read outside of any request, message or job, as anonymous.";
      this.#logger.warn(new BurgeeError("NO_SCOPE", what).message);
    }
    return this.flags.scope({});
  }

  /**
   * The scope of what runs in an execution context: for guards, which for messages run before the
   * scope is the current one. Undefined if it has none.
   */
  scopeOf(context: ExecutionContext): FlagScope | undefined {
    return scopeIn(context, this.#setup.name);
  }

  /**
   * Runs a job in a scope of its own, the current one inside, and settles it.
   *
   * @throws what `work` throws, after it was recorded
   */
  run<Result>(
    context: ContextInput,
    work: (scope: FlagScope) => Result | Promise<Result>,
  ): Promise<Result> {
    const { name, flags } = this.#setup;
    return flags.run(context, (scope) => enter(name, scope, () => work(scope)));
  }
}
