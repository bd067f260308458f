/** Where a process keeps its registry. */
export const REGISTRY = Symbol.for("burgee.next");
