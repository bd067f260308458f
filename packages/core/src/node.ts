export { carryScope, scopeOn } from "./carried.js";
export { type CookieOptions, cookieIn } from "./cookie.js";
export {
  checkRequestOptions,
  type OverrideNames,
  type RequestScopeOptions,
} from "./open-from-headers.js";
export { openOnRequest } from "./open-on-request.js";
export { settleOnClose } from "./settle-on-close.js";
