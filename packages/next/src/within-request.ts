import type { ContextInput } from "@burgee/core";
import type { Caller } from "./caller.js";
import type { RequestFacts } from "./request-facts.js";

/** What a request says, and where it was asked. */
export interface AskedRequest {
  readonly facts: RequestFacts;
  /** Runs work as if it was called from where the flags were asked for. */
  readonly within: Caller;
}

/**
 * A context that is read in its request, wherever it is read from: in it an application may ask Next
 * for what it knows of the request.
 */
export function withinRequest(context: ContextInput<RequestFacts>): ContextInput<AskedRequest> {
  if (typeof context !== "function") return context;
  return context.constructor.name === "AsyncFunction"
    ? async ({ facts, within }) => within(() => context(facts))
    : ({ facts, within }) => within(() => context(facts));
}
