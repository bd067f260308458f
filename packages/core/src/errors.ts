const table = {
  FLAG_NOT_FOUND:
    "Add the flag to the flag set, and define it with defineFlags; until then its default serves.",
  PARSE_ERROR: "Mend the flag's targeting at the place named; until then its default serves.",
  TYPE_MISMATCH:
    "Give the flag's variants the same type in the flag set and in its definition; until then its default serves.",
  GENERAL:
    "Check the names that the targeting gives against the flag's variants, or, if it is resolved elsewhere, why that fails or is slow; until then its default serves.",
  PROVIDER_NOT_READY:
    "Await flags.ready() before serving, and check that the source can be reached; flags that are resolved elsewhere want their scopes opened with open(); until then defaults serve.",
  READY_TIMEOUT:
    "Check that the source can be reached, or allow ready() more time; until a revision arrives defaults serve.",
  INVALID_FLAG_SET:
    "Mend the flag set at the places named; until then the last good revision serves, or the defaults.",
  UNDECLARED_VARIANT:
    "Add the variant to the flag's definition, or take it out of the flag set: code, types and gates do not know it.",
  MISSING_VARIANT:
    "Add the variant to the flag in the flag set, or take it out of the definition: no rule can serve it.",
  INVALID_DEFINITION: "Mend the definition passed to defineFlags.",
  INVALID_RULE: "Mend the rule passed to the builder; until then nothing is written.",
  INVALID_PIN:
    "Pin a flag to its default, for a reason, until a moment within the next ten minutes; renew the pin while it is needed.",
  INVALID_CONTEXT:
    "Let the context function return an object of attributes; the scope was evaluated as anonymous.",
  CONTEXT_TIMEOUT:
    "Make the context function faster, or prepare the context earlier in the request; the scope was evaluated as anonymous.",
  CONTEXT_NOT_ASYNC:
    "Write the context function as `async`, so that it is awaited from the first request on; this scope was evaluated as anonymous.",
  REFRESH_TIMEOUT:
    "Check that the source answers quickly, or allow refresh.maxAge more; the scope was opened on what is held.",
  INVALID_OPTIONS: "Mend the option named.",
  INVALID_SECRET:
    "Give a random text of 32 characters or more, the same to every instance, such as `openssl rand -hex 32` prints; of several, the first signs.",
  INVALID_OVERRIDES:
    "Sign a new token, with signOverrides, for flags and variants that are defined and for this environment; until then the rules decide.",
  UNKNOWN_OVERRIDE:
    "Name flags that are defined in code, by their keys, and variants that they have; or take the override away.",
  SOURCE_UNAVAILABLE:
    "Check that the source exists and can be read; until then the last good revision serves, or the defaults.",
  INVALID_VARIABLE:
    "Mend the environment variable named, or take it away; until then it says nothing.",
  CACHE_FAILED:
    "Check that the path given to lastKnownGood can be read and written, and holds nothing else; until then a start without the source serves defaults.",
  REVISION_CONFLICT:
    "Read the store again, and commit the change against the revision it holds now.",
  INVALID_CHANGE:
    "Mend the change at the places named: it says who makes it, why, and of what kind it is; nothing was written.",
  STORE_READ_ONLY:
    "Change the flags where the store is written; here it goes on as a source, and follows.",
  STORE_BUSY: "Commit again; nothing was written.",
  DIVERGED:
    'Find out why the store was set back or emptied; what is there now is obeyed, unless it is empty or onDivergence is "reseed".',
  BROKEN_CHAIN:
    "Compare the history with a copy of it, and find out who could write it; it proves nothing from the entry named on.",
  INVALID_COUNTS:
    "Give whole numbers of 0 or more, with no more errors than units, and a share of 0 to 1; the bucket was not added.",
  OBSERVER_FAILED: "Mend the observer; values and responses are not affected by it.",
  LATE_ERROR:
    "Mostly its caller went away first, and it is counted against nothing; where callers stay, let the work end sooner, or allow it more time (workTimeout).",
  NO_SCOPE:
    "Mount flagMiddleware(flags, { context }) before the routes that read flags; in NestJS import FlagsModule.forRoot(flags), and read in a request, a message or flags.run().",
  NO_HANDLER: "Give byVariant, or provideByVariant, an entry for every variant of the flag.",
  TOO_MANY_PERMUTATIONS:
    "Take flags out of the group, or raise max: every permutation is a page to build and to keep.",
  TOO_MANY_COMBINATIONS:
    "Take flags or variants out of the matrix, or let it be pairwise: every combination runs the suite once more.",
  DUPLICATE_FLAGS:
    "Import FlagsModule.forRoot once; where an application has several flags, give each further one a name of its own.",
} as const;

/** A stable code of the error table. */
export type ErrorCode = keyof typeof table;

/** Every error code, with its remedy: what to do about it. */
export const errorTable: Readonly<Record<ErrorCode, string>> = table;

/** What a {@link BurgeeError} may carry besides its code and message. */
export interface BurgeeErrorOptions {
  /** The key of the flag it is about. */
  readonly flag?: string;
  /** The id of the revision it is about. */
  readonly revision?: string;
  /** What caused it. */
  readonly cause?: unknown;
}

const BRAND = Symbol.for("burgee.error.v1");

/**
 * The one error class of Burgee: thrown where a program is wrong, given to observers as a problem
 * where the world is. Its message says what happened, where, and what to do.
 *
 * @example
 * ```ts
 * import { BurgeeError } from "@burgee/core";
 *
 * const error = new BurgeeError("NO_SCOPE", "requireFlag found no flags on the request");
 * error.code; // "NO_SCOPE"
 * error.remedy; // "Mount flagMiddleware(flags, { context }) before …"
 * ```
 */
export class BurgeeError extends Error {
  /** Knows those of the package's other copies, too: a process may load it by `import` and `require`. */
  static override [Symbol.hasInstance](thrown: unknown): boolean {
    return BRAND in Object(thrown);
  }

  static {
    Object.defineProperty(BurgeeError.prototype, BRAND, { value: true });
  }

  /** The stable code of the error table. */
  readonly code: ErrorCode;
  /** The key of the flag it is about. */
  readonly flag?: string;
  /** The id of the revision it is about: of a conflict, the one that the store holds; empty: none. */
  readonly revision?: string;
  /** What to do about it. */
  readonly remedy: string;

  constructor(code: ErrorCode, what: string, options: BurgeeErrorOptions = {}) {
    const remedy = errorTable[code];
    super(`${what} [${code}] ${remedy}`, "cause" in options ? { cause: options.cause } : undefined);
    this.name = "BurgeeError";
    this.code = code;
    this.remedy = remedy;
    if (options.flag !== undefined) this.flag = options.flag;
    if (options.revision !== undefined) this.revision = options.revision;
  }
}

/** What was thrown, as a text. */
export function textOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return `a value of type ${typeof thrown}`;
  }
}
