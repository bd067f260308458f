export { createNextFlags, type NextFlags } from "./create-next-flags.js";
export type { Group } from "./group.js";
export type { Precomputed } from "./precomputed.js";
export type { RequestFacts } from "./request-facts.js";
export type { FlagRoute } from "./route.js";
export type { NextFlagsOptions } from "./shared-flags.js";
