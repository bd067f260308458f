import { BurgeeError, type Overrides } from "@burgee/core";
import { harness } from "@burgee/core/harness";
import { type Frame, frames, framesAround, isOfTest } from "./frames.js";
import { currentOverrides, type TestOverrides } from "./overrides.js";
import { knownDefinitions, watch } from "./reads.js";

harness.overrides ??= (flags) => {
  watch(flags);
  for (const frame of framesAround()) frame.opened = true;
  return currentOverrides();
};

/** How work is run in a frame. */
interface FrameOptions {
  /** Whether the frame is no single test's. `@default false` */
  readonly shared?: boolean;
  /** Ends it before its work has: the work's time is over. */
  readonly signal?: AbortSignal;
}

/**
 * Runs work in a frame of its own, which ends when the work has.
 *
 * @throws what the work throws; BurgeeError `UNKNOWN_OVERRIDE`
 */
export function runInFrame<Result>(
  overrides: TestOverrides,
  work: () => Result,
  { shared = false, signal }: FrameOptions = {},
): Result {
  const frame = begin(overrides as Overrides, shared);
  signal?.addEventListener("abort", () => close(frame), { once: true });
  let result: Result;
  try {
    result = frames.storage.run(frame, work);
  } catch (error) {
    end(frame, { cause: error });
    throw error;
  }
  if (!isThenable(result)) {
    end(frame);
    return result;
  }
  const ending = result.then(
    (value) => {
      end(frame);
      return value;
    },
    (error: unknown) => {
      end(frame, { cause: error });
      throw error;
    },
  );
  return ending as Result;
}

function begin(overrides: Overrides, shared: boolean): Frame {
  const outer = frames.storage.getStore();
  const frame = { overrides, outer, shared, reads: [], opened: false, ended: false };
  if (isOfTest(frame)) frames.running.add(frame);
  return frame;
}

function end(frame: Frame, failure?: { readonly cause: unknown }): void {
  close(frame);
  const fault = faultOf(frame);
  if (fault !== undefined) throw new BurgeeError("UNKNOWN_OVERRIDE", fault, failure);
}

function close(frame: Frame): void {
  frame.ended = true;
  frames.running.delete(frame);
}

/** What is overridden, and is in none of the definitions there are: it would have changed nothing. */
function faultOf({ overrides, opened }: Frame): string | undefined {
  if (!opened) return undefined;
  for (const [key, variant] of Object.entries(overrides)) {
    const defined = knownDefinitions().flatMap((definitions) =>
      Object.hasOwn(definitions, key) ? Object.keys(definitions[key]?.variants ?? {}) : [],
    );
    const [flag, name] = [key, variant].map((text) => JSON.stringify(text));
    if (defined.length === 0) return `A test overrides the flag ${flag}, which is not defined.`;
    if (!defined.includes(variant)) {
      return `A test overrides the flag ${flag} with ${name}; it has ${defined.join(", ")}.`;
    }
  }
  return undefined;
}

function isThenable(result: unknown): result is PromiseLike<unknown> {
  return typeof (result as PromiseLike<unknown> | null)?.then === "function";
}
