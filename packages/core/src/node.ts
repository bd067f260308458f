export { carryScope, scopeOn } from "./carried.js";
export type { CookieOptions } from "./cookie.js";
export {
  checkRequestOptions,
  type OverrideNames,
  openOnRequest,
  type RequestScopeOptions,
} from "./open-on-request.js";
export { settleOnClose } from "./settle-on-close.js";
