export { onRequestError } from "./on-request-error.js";
export { register } from "./register.js";
