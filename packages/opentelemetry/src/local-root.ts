import type { Span } from "@opentelemetry/api";
import type { FlagPreset } from "./preset.js";
import { isKept, notes, type SpanNotes } from "./span-notes.js";

/** How many traces under way are known by their ids: a root that never ends must not stay for ever. */
const MAX_TRACES = 10_000;

/** Notes a span that starts, and its local root: its parent's, or itself below no span of this process. */
export function noteStart(span: Span, parent: Span | undefined, preset: FlagPreset): SpanNotes {
  const known = notes.ofSpan.get(span);
  if (known !== undefined) {
    known.presets.push(preset);
    return known;
  }
  const root = (parent && localRootOf(parent)) ?? span;
  if (root === span) addRoot(span);
  const noted = { root, presets: [preset] };
  notes.ofSpan.set(span, noted);
  return noted;
}

/** Lets go of what only a span under way needs. */
export function noteEnd(span: object): void {
  const noted = notes.ofSpan.get(span);
  if (noted === undefined) return;
  noted.scope = undefined;
  if (noted.root === span) removeRoot(noted.root);
}

/**
 * The local root of a span. One that no processor has seen, as those of which a sampler wants
 * nothing, is below the root of its trace, if that has one only in this process.
 */
export function localRootOf(span: Span): Span | undefined {
  const noted = notes.ofSpan.get(span);
  if (noted !== undefined) return noted.root;
  const { traceId, isRemote } = span.spanContext();
  if (isRemote === true) return undefined;
  const roots = notes.rootsOfTrace.get(traceId);
  return roots?.size === 1 ? roots.values().next().value : undefined;
}

/** The local root of the first exposure of a scope under a span that is kept; undefined before. */
export function rootOfScope(scope: object): Span | undefined {
  // without an SDK, none has one: to look a new object up in vain takes as long as three reads
  return notes.rooted ? notes.rootOfScope.get(scope) : undefined;
}

/** Gives a scope the local root of the span that is active at an exposure. */
export function enterLocalRoot(scope: object, active: Span): Span {
  const root = localRootOf(active) ?? active;
  if (isKept(root)) {
    notes.rootOfScope.set(scope, root);
    notes.rooted = true;
  }
  return root;
}

function addRoot(span: Span): void {
  const { traceId } = span.spanContext();
  const others = notes.rootsOfTrace.get(traceId);
  if (others !== undefined) {
    others.add(span);
    return;
  }
  notes.rootsOfTrace.set(traceId, new Set([span]));
  if (notes.rootsOfTrace.size <= MAX_TRACES) return;
  for (const oldest of notes.rootsOfTrace.keys()) {
    notes.rootsOfTrace.delete(oldest);
    return;
  }
}

function removeRoot(span: Span): void {
  const { traceId } = span.spanContext();
  const roots = notes.rootsOfTrace.get(traceId);
  roots?.delete(span);
  if (roots?.size === 0) notes.rootsOfTrace.delete(traceId);
}
