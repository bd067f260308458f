export type { FlagAnswer } from "./answer.js";
export { type FlagPayload, payloadOf, scriptText } from "./payload.js";
export { type OfrepHandler, type OfrepOptions, ofrepHandler } from "./handler.js";
