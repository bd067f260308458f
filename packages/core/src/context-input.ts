import { anonymous, type EvaluationContext, toContext } from "./context.js";
import { within } from "./deadline.js";
import { BurgeeError, textOf } from "./errors.js";
import { jsonType } from "./json.js";
import type { Problems } from "./problems.js";

/** How long an async context function may take, in milliseconds. */
const DEADLINE = 250;

/** A context, or a function that gives it from an input such as a request. */
export type ContextInput<Input = void> =
  | EvaluationContext
  | ((input: Input) => EvaluationContext | Promise<EvaluationContext>);

/** What is known of a unit of work itself, whoever asks: its visitor's id, say. */
export type Attributes = Readonly<Record<string, unknown>>;

/** Makes contexts of what applications give as one: whatever fails gives anonymous and a problem. */
export interface ContextReader {
  /** Whether the function's context has to be awaited before its scope is opened. */
  awaits(context: (input: never) => unknown): boolean;
  /**
   * The context of what was given, or of what it gives when called.
   *
   * @param attributes those it has unless it says otherwise
   */
  read(given: unknown, attributes?: Attributes): EvaluationContext;
  /** A function to read when a context is first needed. */
  defer<Input>(context: (input: Input) => unknown, input: Input): () => unknown;
  /** The context of an async function, within its deadline. */
  load<Input>(context: (input: Input) => unknown, input: Input): Promise<EvaluationContext>;
}

const AsyncFunction = (async () => {}).constructor as FunctionConstructor;

const LATE = Symbol("late");

export function createContextReader(problems: Problems): ContextReader {
  const promising = new WeakSet<object>();
  let somePromise = false;

  function problem(code: ContextProblem, what: string, cause?: unknown): EvaluationContext {
    problems.once(code, "", () => new BurgeeError(code, what, { cause }));
    return anonymous;
  }

  function read(given: unknown, attributes?: Attributes): EvaluationContext {
    try {
      const value = typeof given === "function" ? given() : given;
      const context = toContext(value);
      if (context !== undefined) return attributes ? { ...attributes, ...context } : context;
      problem("INVALID_CONTEXT", `The context given is of type ${jsonType(value)}, not object.`);
    } catch (cause) {
      problem("INVALID_CONTEXT", `The context function failed: ${textOf(cause)}.`, cause);
    }
    return attributes ?? anonymous;
  }

  return {
    read,
    awaits: (context) =>
      context instanceof AsyncFunction || (somePromise && promising.has(context)),
    defer: (context, input) => () => {
      const given = context(input);
      if (!isThenable(given)) return given;
      given.then(undefined, () => {});
      promising.add(context); // from now on it is known, and awaited
      somePromise = true;
      return problem("CONTEXT_NOT_ASYNC", "The context function gave a promise when it was read.");
    },
    async load(context, input) {
      try {
        const given = await within(DEADLINE, Promise.resolve(context(input)), LATE);
        if (given !== LATE) return read(given);
        return problem("CONTEXT_TIMEOUT", `The context took longer than ${DEADLINE} ms.`);
      } catch (cause) {
        return problem("INVALID_CONTEXT", `The context function failed: ${textOf(cause)}.`, cause);
      }
    },
  };
}

/** A promise of any realm: Jest, for one, runs programs in another than Node's own. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}

type ContextProblem = "INVALID_CONTEXT" | "CONTEXT_TIMEOUT" | "CONTEXT_NOT_ASYNC";
