import { BurgeeError, type ErrorCode } from "@burgee/core";
import { type Ending, type ExitCode, exitCodes } from "./exit-codes.js";

/**
 * What ends a command before it is done. Its message is one sentence: what happened, where, and what
 * to do.
 */
export class Failure extends Error {
  /** Why, as the exit code says it. */
  readonly ending: Ending;

  constructor(ending: Ending, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "Failure";
    this.ending = ending;
  }
}

/** Why a command ends with this error. */
export function endingOf(error: unknown): Ending {
  if (error instanceof Failure) return error.ending;
  if (error instanceof BurgeeError) return endings[error.code] ?? "usage";
  return "bug";
}

/** The exit code of an error. */
export function exitCodeOf(error: unknown): ExitCode {
  return exitCodes[endingOf(error)];
}

/** Errors that are no fault of what was given. */
const endings: Partial<Record<ErrorCode, Ending>> = {
  REVISION_CONFLICT: "conflict",
  SOURCE_UNAVAILABLE: "store",
  STORE_READ_ONLY: "store",
  STORE_BUSY: "store",
  BROKEN_CHAIN: "findings",
};
