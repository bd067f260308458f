export type { FlagAnswer } from "./answer.js";
export type { AskedOptions } from "./asked.js";
export { refusalOf, type Verdict } from "./authorize.js";
export { type OfrepHandler, type OfrepOptions, ofrepHandler } from "./handler.js";
export type { OfrepLimits } from "./limits.js";
export { type AnyScope, type FlagPayload, payloadOf, scriptText } from "./payload.js";
