/** What Next 16 calls a proxy, in Node: in the Edge runtime there is neither the flag file nor the request's record. */
export { proxy as middleware } from "./proxy";

export const config = { runtime: "nodejs", matcher: ["/((?!flags/|_next/).*)"] };
