import type { FlagScope } from "@burgee/core";
import { type Span, TraceFlags } from "@opentelemetry/api";
import type { FlagPreset } from "./preset.js";

/** What is known of a span. */
export interface SpanNotes {
  /** The first span of this process that it is below: itself, where there is no other. */
  readonly root: Span;
  /** How flags are written on it. */
  readonly presets: FlagPreset[];
  /** The variants it carries, by flag; also those that came when it had ended. */
  flags?: Map<string, string>;
  /** The scope it started in, until it ends. */
  scope?: Pick<FlagScope, "exposures"> | undefined;
}

interface Notes {
  readonly ofSpan: WeakMap<object, SpanNotes>;
  readonly rootOfScope: WeakMap<object, Span>;
  /** Whether any scope has a root. */
  rooted: boolean;
  /** The local roots that record now, by the ids of their traces. */
  readonly rootsOfTrace: Map<string, Set<Span>>;
  /** Whether processors note the spans that start. */
  watched: boolean;
}

const NOTES = Symbol.for("burgee.spans.v1");

/** One a process: applications load this package twice, by `import` and by `require`. */
const holder = globalThis as { [NOTES]?: Notes };
holder[NOTES] ??= {
  ofSpan: new WeakMap(),
  rootOfScope: new WeakMap(),
  rooted: false,
  rootsOfTrace: new Map(),
  watched: false,
};

/** What is known of the spans of this process, of its scopes and of the traces under way. */
export const notes: Notes = holder[NOTES];

/** Whether it is worth to note something of a span: it is exported, also once it has ended. */
export function isKept(span: Span): boolean {
  return span.isRecording() || (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
}

/** Whether a span of this process may be recording now. */
export function someRecord(): boolean {
  return !notes.watched || notes.rootsOfTrace.size > 0;
}
