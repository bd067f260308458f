import { AsyncLocalStorage } from "node:async_hooks";
import {
  BurgeeError,
  type Definitions,
  defineFlags,
  type Exposure,
  type FlagKey,
  type Flags,
  type Overrides,
  type VariantName,
} from "@burgee/core";
import { harness } from "@burgee/core/harness";

/** The names of variants to serve, by flag key: of registered flags these keys and variants alone. */
export type TestOverrides = { readonly [Key in FlagKey]?: VariantName<Key> };

/** A flag that was read, and by whose scope. */
export interface NotedRead {
  readonly flags: Flags;
  readonly exposure: Exposure;
}

/** A stretch of a test, with everything it awaits and starts. */
export interface Frame {
  readonly overrides: Overrides;
  /** The frame around it. */
  readonly outer: Frame | undefined;
  /** Whether it is around several tests: then it keeps no reads. */
  readonly shared: boolean;
  readonly reads: NotedRead[];
  /** Whose scopes were opened in it. */
  readonly opened: Set<Flags>;
  /** It overrides nothing once it has ended, whatever goes on in it. */
  ended: boolean;
}

/** What is one for a process, whatever copies of this file it loads. */
interface Frames {
  readonly storage: AsyncLocalStorage<Frame>;
  /** Those of tests that run. */
  readonly running: Set<Frame>;
  /** The Flags that have opened a scope, and are listened to. */
  readonly watched: WeakSet<Flags>;
  /** Their definitions, in full, by how they were given. */
  readonly definitions: Map<object, Definitions>;
  /** What is overridden outside of any frame. */
  everywhere: Overrides | undefined;
}

const FRAMES = Symbol.for("burgee.vitest.frames.v1");
const holder = globalThis as { [FRAMES]?: Frames };
holder[FRAMES] ??= {
  storage: new AsyncLocalStorage(),
  running: new Set(),
  watched: new WeakSet(),
  definitions: new Map(),
  everywhere: undefined,
};
const frames = holder[FRAMES];

harness.overrides ??= (flags) => {
  if (!frames.watched.has(flags)) watch(flags);
  for (const frame of framesAround()) frame.opened.add(flags);
  return currentOverrides();
};

/** What is overridden where this is called; undefined outside of any override. */
export function currentOverrides(): Overrides | undefined {
  return overridesIn(frames.storage.getStore());
}

function overridesIn(frame: Frame | undefined): Overrides | undefined {
  if (frame === undefined) return frames.everywhere;
  const around = overridesIn(frame.outer);
  return frame.ended ? around : { ...around, ...frame.overrides };
}

/** Overrides outside of any frame, until the returned function is called. */
export function overrideEverywhere(overrides: Overrides): () => void {
  const before = frames.everywhere;
  frames.everywhere = { ...before, ...overrides };
  return () => {
    frames.everywhere = before;
  };
}

/** The definitions of all Flags that have opened a scope in this process. */
export function knownDefinitions(): readonly Definitions[] {
  return [...frames.definitions.values()];
}

/** Runs work in a frame of its own, which ends when the work has. */
export function runInFrame<Result>(
  overrides: TestOverrides,
  work: () => Result,
  { shared = false }: { readonly shared?: boolean } = {},
): Result {
  const frame = begin(overrides as Overrides, shared);
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
  const frame = { overrides, outer, shared, reads: [], opened: new Set<Flags>(), ended: false };
  if (isOutermost(frame)) frames.running.add(frame);
  return frame;
}

/** @throws BurgeeError `UNKNOWN_OVERRIDE` */
function end(frame: Frame, failure?: { readonly cause: unknown }): void {
  frame.ended = true;
  frames.running.delete(frame);
  const fault = faultOf(frame);
  if (fault !== undefined) throw new BurgeeError("UNKNOWN_OVERRIDE", fault, failure);
}

/** Whether it is the frame of a whole test. */
function isOutermost({ shared, outer }: Frame): boolean {
  return !shared && (outer === undefined || outer.shared);
}

/** What was overridden that none of the flags have which were opened: it would have changed nothing. */
function faultOf({ overrides, opened }: Frame): string | undefined {
  if (opened.size === 0) return undefined;
  for (const [key, variant] of Object.entries(overrides)) {
    const defined = [...opened].flatMap(({ definitions }) => {
      const known = frames.definitions.get(definitions) ?? {};
      return Object.hasOwn(known, key) ? Object.keys(known[key]?.variants ?? {}) : [];
    });
    const [flag, name] = [key, variant].map((text) => JSON.stringify(text));
    if (defined.length === 0) return `A test overrides the flag ${flag}, which is not defined.`;
    if (!defined.includes(variant)) {
      return `A test overrides the flag ${flag} with ${name}; it has ${defined.join(", ")}.`;
    }
  }
  return undefined;
}

function watch(flags: Flags): void {
  frames.watched.add(flags);
  const given: Definitions = flags.definitions;
  if (!frames.definitions.has(given)) frames.definitions.set(given, defineFlags(given));
  flags.observe({ exposure: (exposure) => note({ flags, exposure }) });
}

/**
 * Notes a read in all frames it happened in. One that was in no test's (of a server that listens since
 * before the test) is of the one test that runs, if it is one.
 */
function note(read: NotedRead): void {
  const around = framesAround().filter(({ shared, ended }) => !shared && !ended);
  const [only, ...others] = frames.running;
  const alone = only !== undefined && others.length === 0 ? [only] : [];
  for (const frame of around.length > 0 ? around : alone) frame.reads.push(read);
}

/** The frames that this is called in, from the innermost one. */
function framesAround(): readonly Frame[] {
  const around: Frame[] = [];
  for (let frame = frames.storage.getStore(); frame !== undefined; frame = frame.outer) {
    around.push(frame);
  }
  return around;
}

/** What the test that runs has read so far; undefined outside of any test's frame. */
export function readsOfTest(): readonly NotedRead[] | undefined {
  return framesAround().find(isOutermost)?.reads;
}

function isThenable(result: unknown): result is PromiseLike<unknown> {
  return typeof (result as PromiseLike<unknown> | null)?.then === "function";
}
