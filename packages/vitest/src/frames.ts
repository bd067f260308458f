import { AsyncLocalStorage } from "node:async_hooks";
import type { Definitions, Exposure, Flags, Overrides } from "@burgee/core";

/** A stretch of a test, with everything it awaits and starts. */
export interface Frame {
  readonly overrides: Overrides;
  /** The frame around it. */
  readonly outer: Frame | undefined;
  /** Whether it is no single test's, but around several or an application's: then it keeps no reads. */
  readonly shared: boolean;
  /** What was read in it. */
  readonly reads: NotedRead[];
  /** Whether scopes were opened in it. */
  opened: boolean;
  /** It overrides nothing once it has ended, whatever goes on in it. */
  ended: boolean;
}

/** A flag that was read, and by whose scope. */
export interface NotedRead {
  readonly flags: Flags;
  readonly exposure: Exposure;
}

/** What is one for a process, whatever copies of this file it loads. */
interface Frames {
  readonly storage: AsyncLocalStorage<Frame>;
  /** Those of whole tests that run. */
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

/** The frames of this process. */
export const frames = holder[FRAMES];

/** The frames that this is called in, from the outermost one. */
export function framesAround(): readonly Frame[] {
  const around: Frame[] = [];
  for (let frame = frames.storage.getStore(); frame !== undefined; frame = frame.outer) {
    around.unshift(frame);
  }
  return around;
}

/** Whether it is the frame of a whole test. */
export function isOfTest({ shared, outer }: Frame): boolean {
  return !shared && (outer === undefined || outer.shared);
}
