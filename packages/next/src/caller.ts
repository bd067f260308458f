import type { AsyncLocalStorage } from "node:async_hooks";
import { builtin } from "./builtin.js";

const global = globalThis as { readonly AsyncLocalStorage?: typeof AsyncLocalStorage };

/** Node's own where there is Node; the Edge runtime has it as a global. */
export const Storage = global.AsyncLocalStorage ?? builtin("node:async_hooks").AsyncLocalStorage;

/** Runs work, in the request and the render of whoever asked for it. */
export type Caller = <Result>(work: () => Result) => Result;

/** Runs work later as if it was called from here. */
export function here(): Caller {
  return Storage.snapshot?.() ?? ((work) => work());
}
