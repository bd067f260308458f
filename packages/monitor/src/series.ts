/**
 * How many series the server's counts may have in all: each cell has one for work that was done, and
 * one for each error type.
 */
export const MAX_SERIES = 1000;

/** How many series what browsers report may have in all. */
export const MAX_CLIENT_SERIES = 400;

/** How many of the server's series may be of error types with a name: the others stay for cells. */
export const MAX_ERROR_SERIES = 300;

/** How many error types with a name a cell may have. */
export const MAX_ERROR_TYPES = 32;

/** The name of what is counted together, since there are too many to count each. */
export const OTHER = "_other";

/** The longest name that is kept, in characters. */
const MAX_NAME = 64;

/** An error type as it is counted: a class or a status, never a message. */
export function errorTypeIn(given: string): string {
  return given.length <= MAX_NAME && /^[\w$.:/-]+$/.test(given) ? given : OTHER;
}
