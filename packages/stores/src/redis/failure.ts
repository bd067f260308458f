import { BurgeeError, type ErrorCode } from "@burgee/core";

/** What Redis says where it can be read and not be written. */
const readOnly =
  /READONLY|NOREPLICAS|MISCONF|\bOOM\b|NOPERM|ACL failure|no permissions|user executing the script/;

/** Whether Redis has answered, rather than nobody knows what it did. */
export function isAnswer(error: unknown): boolean {
  return error instanceof BurgeeError || /^-?[A-Z]{3,}\b/.test(messageOf(error));
}

/** What went wrong, as it is told. */
export function failure(error: unknown, what: string, writing = false): BurgeeError {
  if (error instanceof BurgeeError) return error;
  const message = messageOf(error);
  const code: ErrorCode =
    writing && readOnly.test(message) ? "STORE_READ_ONLY" : "SOURCE_UNAVAILABLE";
  return new BurgeeError(code, `${what}: ${message.replace(/\.$/, "")}.`, { cause: error });
}

/** Of an error that gathers several, such as of each address that was tried, the first. */
function messageOf(error: unknown): string {
  const [first] = (error as { readonly errors?: readonly unknown[] } | undefined)?.errors ?? [];
  const told = first ?? error;
  return told instanceof Error ? told.message || String(told) : String(told);
}
