import { json } from "./json.js";

/**
 * Whether one may ask: `true` lets in, `false` is answered with 403, and a response is the answer, such
 * as a 401 that says how to log in, or a 429 that says when to come back (`Retry-After`).
 */
export type Verdict = boolean | Response;

/** What is answered to who may not ask; nobody is let in by anything but `true`. */
export function refusalOf(verdict: Verdict): Response | undefined {
  if (verdict === true) return undefined;
  return verdict instanceof Response
    ? verdict
    : json(403, { errorDetails: "This is not for you." });
}
