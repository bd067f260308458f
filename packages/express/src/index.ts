export { byVariant } from "./by-variant.js";
export { flagErrors } from "./flag-errors.js";
export { type FlagMiddlewareOptions, flagMiddleware } from "./flag-middleware.js";
export { type FlagRouter, type FlagRouterOptions, flagRouter } from "./flag-router.js";
export type { RateLimit } from "./limit-rate.js";
export { type ReadinessOptions, readiness } from "./readiness.js";
export { type RequireFlagOptions, requireFlag } from "./require-flag.js";
