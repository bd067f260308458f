export { byVariant } from "./by-variant.js";
export { flagErrors } from "./flag-errors.js";
export { type FlagMiddlewareOptions, flagMiddleware } from "./flag-middleware.js";
export { type FlagRouter, flagRouter } from "./flag-router.js";
export { type RequireFlagOptions, requireFlag } from "./require-flag.js";
