import { context, ROOT_CONTEXT, type Span, trace } from "@opentelemetry/api";
import { enterLocalRoot, rootOfScope } from "./local-root.js";
import type { FlagPreset } from "./preset.js";
import { stamp } from "./span-flags.js";
import { isKept, someRecord } from "./span-notes.js";

/** The spans of a read: the local root of its scope, and the one that is active. */
export interface SpansOfReads {
  /** Goes on to the reads of a scope. */
  enter(scope: object): void;
  /** Puts a flag that is read in that scope on its spans; whether a span is active. */
  stamp(flag: string, variant: string): boolean;
}

/** @param preset how flags are written on spans that no processor has seen start */
export function spansOfReads(preset: FlagPreset): SpansOfReads {
  let scope: object = {};
  /** Null where there is none so far, undefined before it was looked for. */
  let root: Span | null | undefined;
  let sampledOut = false;

  return {
    enter(next) {
      scope = next;
      root = undefined;
      sampledOut = false;
    },
    stamp(flag, variant) {
      if (sampledOut && !someRecord()) return true;
      const active = activeSpan();
      sampledOut = active !== undefined && !isKept(active);
      if (sampledOut && !someRecord()) return true;
      if (root === undefined) root = rootOfScope(scope) ?? null;
      if (active !== undefined) {
        root ??= enterLocalRoot(scope, active);
        stamp(active, flag, variant, preset);
      }
      if (root !== null && root !== active) stamp(root, flag, variant, preset);
      return active !== undefined;
    },
  };
}

/** The span that is active; without an SDK, none is, at a glance. */
function activeSpan(): Span | undefined {
  const now = context.active();
  return now === ROOT_CONTEXT ? undefined : trace.getSpan(now);
}
