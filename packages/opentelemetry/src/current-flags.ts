import type { FlagScope } from "@burgee/core";
import { currentScope } from "@burgee/core/ambient";
import type { Span } from "@opentelemetry/api";
import { MAX_FLAGS } from "./preset.js";
import { notes } from "./span-notes.js";

/**
 * The variants that the current scope has read by now, by flag: 32 at most, in a map of its own.
 * Where the scope is lost, those of the local root. Undefined if there are none.
 */
export function currentFlags(root: Span | undefined): Map<string, string> | undefined {
  const scope = currentScope();
  if (scope !== undefined) return flagsReadIn(scope);
  const flags = root && notes.ofSpan.get(root)?.flags;
  return flags && new Map(flags);
}

/** The variants that a scope has read by now, by flag: 32 at most. Undefined if there are none. */
export function flagsReadIn({
  exposures,
}: Pick<FlagScope, "exposures">): Map<string, string> | undefined {
  if (exposures.length === 0) return undefined;
  const flags = new Map<string, string>();
  for (const { flag, variant } of exposures) {
    if (flags.size === MAX_FLAGS) break;
    flags.set(flag, variant);
  }
  return flags;
}
