import { InvalidArgumentError } from "@commander-js/extra-typings";

/** Reads an option that is a percentage. */
export function share(text: string): number {
  if (/^\d{1,3}(\.\d{1,4})?$/.test(text) && Number(text) <= 100) return Number(text);
  throw new InvalidArgumentError("It is 0 to 100, with up to 4 decimals.");
}
