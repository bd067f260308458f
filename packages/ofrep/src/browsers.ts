import { answerOf } from "./answer.js";
import { type Audience, notFound, type ServedFlags } from "./audience.js";
import { payloadOf } from "./payload.js";

/** Browsers are told the values of the client flags; all other keys are the same to them. */
export function browsers(flags: ServedFlags): Audience {
  const has = (key: string) => Object.hasOwn(flags.client, key);
  return {
    concerns: has,
    reports: true,
    one: (scope, key) =>
      has(key) ? { status: 200, body: answerOf(key, scope.peek(key as never)) } : notFound(key),
    all: (scope) => ({ status: 200, body: { ...payloadOf(flags, scope), metadata: {} } }),
  };
}
