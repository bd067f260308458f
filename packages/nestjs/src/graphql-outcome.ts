import type { FlagScope } from "@burgee/core";
import { graphqlScopes } from "./carrier.js";
import { isClientError } from "./client-error.js";

/** What is read of a GraphQL error. */
export interface AnsweredError {
  readonly path?: readonly (string | number)[] | undefined;
  readonly originalError?: unknown;
}

/** The scopes whose errors their GraphQL driver tells, once the answer is known. */
const told = new WeakSet<FlagScope>();

/** Whether the driver tells the errors of a scope's operation. */
export function isToldByDriver(scope: FlagScope): boolean {
  return told.has(scope);
}

/** The driver will tell the errors of the operation of that context. */
export function expectErrors(context: unknown): void {
  for (const scope of graphqlScopes(context)) told.add(scope);
}

/** Notes what a resolver or a guard of an operation has thrown, unless it is the client's. */
export function noteThrown(context: unknown, error: unknown): void {
  if (isClientError(error)) return;
  for (const scope of graphqlScopes(context)) scope.fail(error);
}

/** Notes the errors that an operation is answered with, though its HTTP status says that it went well. */
export function noteErrors(context: unknown, errors: readonly AnsweredError[] = []): void {
  for (const error of errors) {
    // without a path it was found before execution: the client asked for what cannot be executed
    if (error.path !== undefined && !isClientError(error)) noteThrown(context, causeOf(error));
  }
}

/** What was thrown; errors may be wrapped more than once. */
function causeOf(error: AnsweredError, wraps = 8): unknown {
  const { originalError } = error;
  if (!(originalError instanceof Error) || wraps === 0) return error;
  return causeOf(originalError as AnsweredError, wraps - 1);
}
