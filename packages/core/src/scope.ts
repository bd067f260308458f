import type { EvaluationContext } from "./context.js";
import type { Definitions, RegisteredDefinitions, ValueOf, VariantOf } from "./define.js";
import type { EvaluationDetails } from "./details.js";
import type { Exposure } from "./observer.js";
import type { Ending } from "./outcome.js";

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
