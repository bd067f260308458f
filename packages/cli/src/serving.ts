import { type FlagDefinition, type FlagSet, readHold } from "@burgee/core";
import { CODE_DEFAULT, sharesOf, sharesText } from "./blast-radius.js";
import type { Population } from "./population.js";

/** What a flag serves, in words: "on 10.2 %, off 89.8 %", "off, held by a guard". */
export function servingText(
  key: string,
  flag: FlagDefinition | undefined,
  flagSet: FlagSet,
  population: Population,
  now: number,
): string {
  if (flag === undefined) return `${CODE_DEFAULT}, not in the store`;
  if (flag.state === "DISABLED") return `${CODE_DEFAULT}, disabled`;
  const shares = sharesOf(key, flagSet, population, now);
  const [[only] = [CODE_DEFAULT]] = shares;
  const text = shares.size === 1 ? only : sharesText(shares);
  const hold = readHold(flag);
  return hold === undefined ? text : `${text}, held by a ${hold.kind}`;
}
