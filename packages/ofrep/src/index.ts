export type { FlagAnswer } from "./answer.js";
export { type OfrepHandler, type OfrepOptions, ofrepHandler } from "./handler.js";
