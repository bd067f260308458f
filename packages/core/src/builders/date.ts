import { BurgeeError } from "../errors.js";
import { type Condition, condition } from "./condition.js";

/** Now, in a rule: in whole seconds since 1970. */
export const NOW = { var: "$flagd.timestamp" } as const;

/**
 * Holds until the date, and no longer at it.
 *
 * @param date a `Date`; an ISO 8601 text with a zone, `"2027-01-04T09:00:00Z"` or `…+01:00`; or a
 * day, `"2027-01-04"`, which begins at midnight UTC. A part of a second counts as a whole one.
 * @throws BurgeeError `INVALID_RULE` for anything else, a day that no calendar has included
 *
 * @example
 * ```ts
 * import { before, when } from "@burgee/core";
 *
 * when(before("2027-01-04T09:00:00+01:00"), "on");
 * ```
 */
export function before(date: Date | string): Condition {
  return condition({ "<": [NOW, secondsOf(date)] });
}

/**
 * Holds from the date on: no server job is needed to switch a flag then.
 *
 * @param date as for {@link before}
 * @throws BurgeeError `INVALID_RULE` for what is no date
 *
 * @example
 * ```ts
 * import { after, when } from "@burgee/core";
 *
 * when(after("2027-01-04T09:00:00+01:00"), "on");
 * // {"if": [{">=": [{"var": "$flagd.timestamp"}, 1799049600]}, "on"]}
 * ```
 */
export function after(date: Date | string): Condition {
  return condition({ ">=": [NOW, secondsOf(date)] });
}

const ISO_DATE = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/;

/**
 * A date in whole seconds since 1970, never too early.
 *
 * @throws BurgeeError `INVALID_RULE` for what is no date
 */
export function secondsOf(date: Date | string): number {
  const time = date instanceof Date ? date.getTime() : Date.parse(isoDate(date));
  if (!Number.isNaN(time)) return Math.ceil(time / 1000);
  throw new BurgeeError(
    "INVALID_RULE",
    `${JSON.stringify(date)} is no date: write a day, YYYY-MM-DD, or a time with its zone, 2027-01-04T09:00:00Z.`,
  );
}

/** The text itself if it is a date that the calendar has, else none. */
function isoDate(text: string): string {
  const day = ISO_DATE.exec(text)?.[1] ?? "";
  const time = Date.parse(day);
  const exists = !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
  return exists ? text : "";
}
