import type { ContextInput } from "@burgee/core";
import { type Caller, here } from "./caller.js";
import type { RequestFacts } from "./request-facts.js";

/** What a request says, and where it was asked. */
export interface AskedRequest {
  readonly facts: RequestFacts;
  /** Runs work as if it was called from where the flags were asked for; where a context needs that. */
  readonly within?: Caller;
}

/** How a context is read wherever a scope is opened. */
export interface RequestContext {
  readonly context: ContextInput<AskedRequest>;
  /** What it is given. */
  ask(facts: RequestFacts): AskedRequest;
}

/**
 * A context that is read in its request: in it an application may ask Next for what it knows of the
 * request. An async one is called as the scope is opened, which is elsewhere; any other is called by
 * whoever first reads a flag, and is in the request by that.
 */
export function withinRequest(context: ContextInput<RequestFacts> = {}): RequestContext {
  if (typeof context !== "function") return { context, ask: (facts) => ({ facts }) };
  if (context.constructor.name !== "AsyncFunction") {
    return { context: ({ facts }) => context(facts), ask: (facts) => ({ facts }) };
  }
  return {
    context: async ({ facts, within }) => within?.(() => context(facts)) ?? {},
    ask: (facts) => ({ facts, within: here() }),
  };
}
