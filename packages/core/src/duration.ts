const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A stretch of time: milliseconds, or seconds, minutes, hours, days as `"30s"`, `"10m"`, `"24h"`, `"7d"`. */
export type Duration = number | `${number}${"s" | "m" | "h" | "d"}`;

/** A duration in milliseconds; undefined if it is none. */
export function millisecondsOf(duration: unknown): number | undefined {
  if (typeof duration === "number") {
    return Number.isFinite(duration) && duration >= 0 ? duration : undefined;
  }
  if (typeof duration !== "string") return undefined;
  const [, count, unit = ""] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(duration) ?? [];
  return count === undefined ? undefined : Number(count) * (UNITS[unit] as number);
}
