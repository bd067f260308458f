import { flagSetIn, type UndefaultedDetails } from "@burgee/core";
import { type Answer, type Audience, notFound } from "./audience.js";

const NOT_READY = {
  errorCode: "PROVIDER_NOT_READY",
  errorDetails: "No revision of the flag set has arrived yet.",
};

/**
 * Servers are told of every flag of the set what the set says, with its metadata and its errors. They
 * have defaults of their own: where one serves, there is neither a value nor a variant.
 */
export const servers: Audience = {
  concerns: () => true,
  reports: false,
  one(scope, key) {
    const details = flagSetIn(scope)?.evaluate(key);
    if (details === undefined) return { status: 500, body: { key, ...NOT_READY } };
    if (details.errorCode === "FLAG_NOT_FOUND") return notFound(key);
    return { status: details.errorCode === undefined ? 200 : 400, body: told(key, details) };
  },
  all(scope): Answer {
    const flagSet = flagSetIn(scope);
    if (flagSet === undefined) return { status: 500, body: NOT_READY };
    const flags = Array.from(flagSet.evaluateAll(), ([key, details]) => told(key, details));
    return { status: 200, body: { flags, metadata: flagSet.metadata } };
  },
};

function told(key: string, details: UndefaultedDetails): object {
  const { value, variant, reason, errorCode, errorMessage, flagMetadata } = details;
  if (errorCode !== undefined) return { key, errorCode, errorDetails: errorMessage };
  return { key, value, variant, reason, metadata: flagMetadata };
}
