import type { FlagDefinition } from "@burgee/core";
import { Failure } from "../failure.js";
import { checkVariant } from "./safe-variant.js";

/**
 * The variant that a release is about: the one asked for, or the only one that is not the safe one.
 *
 * @throws Failure `usage` if it is none of the flag's, or if there are several
 */
export function releasedVariant(
  asked: string | undefined,
  key: string,
  flag: FlagDefinition,
  safe: string | undefined,
): string {
  if (asked !== undefined) return checkVariant(asked, key, flag);
  const others = Object.keys(flag.variants).filter((name) => name !== safe);
  const [only] = others;
  if (only !== undefined && others.length === 1) return only;
  throw new Failure(
    "usage",
    `Which variant of ${key} is released? Name it with --variant: ${others.join(", ")}.`,
  );
}
