import type { FlagSet } from "@burgee/core";
import { type BlastRadius, blastRadius, radiusText, sharesOf } from "../blast-radius.js";
import { flagIn } from "../find-flag.js";
import { oneLine } from "../one-line.js";
import type { Population } from "../population.js";
import { servingText } from "../serving.js";
import { tableOf } from "../table.js";

/** Who sees what of a flag before and after a change, as time goes on. */
export interface Preview {
  readonly before: Showing;
  /** From the change on, and at each later moment of a schedule. */
  readonly after: readonly Showing[];
  /** Who sees another variant as soon as it is written. */
  readonly radius: BlastRadius;
}

/** Who sees what at one moment. */
export interface Showing {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** How many see each variant. */
  readonly shares: Readonly<Record<string, number>>;
  readonly text: string;
}

/** @param moments when it is looked at, in milliseconds since the epoch; the first is now */
export function makePreview(
  key: string,
  before: FlagSet,
  after: FlagSet,
  population: Population,
  moments: readonly [number, ...number[]],
): Preview {
  const show = (flagSet: FlagSet, at: number): Showing => ({
    at,
    shares: Object.fromEntries(sharesOf(key, flagSet, population, at)),
    text: servingText(key, flagIn(flagSet, key), flagSet, population, at),
  });
  const [now] = moments;
  const [radius] = blastRadius([key], before, after, population, now);
  return {
    before: show(before, now),
    after: moments.map((at) => show(after, at)),
    radius: radius as BlastRadius,
  };
}

/** A preview for people, under what is about to be done. */
export function previewText(
  title: string,
  { before, after, radius }: Preview,
  population: Population,
): string {
  const [first, ...later] = after as [Showing, ...Showing[]];
  const rows = [
    ["before", before.text],
    ["after", first.text],
    ...later.map(({ at, text }) => [timeText(at), text]),
  ];
  return `${oneLine(title)}\n\n${tableOf(["WHEN", "SERVES"], rows)}\n\nAt once: ${oneLine(radiusText(radius, population))}.\n`;
}

/** A moment for people: "2027-01-04 09:00 UTC". */
export function timeText(time: number): string {
  const text = new Date(time).toISOString();
  const seconds = text.slice(16, 19);
  return `${text.slice(0, 10)} ${text.slice(11, 16)}${seconds === ":00" ? "" : seconds} UTC`;
}
