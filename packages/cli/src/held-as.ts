import { type FlagDefinition, readHold, writeHold } from "@burgee/core";
import { Failure } from "./failure.js";

/**
 * A flag as Git has it, under the hold that is on another version of it, and in the same epoch.
 *
 * @throws Failure `findings` if the flag no longer has the variant that is held
 */
export function heldAs(
  key: string,
  flag: FlagDefinition,
  held: FlagDefinition | undefined,
): FlagDefinition {
  const epoch = held?.metadata?.["burgee.epoch"];
  const known =
    epoch === undefined ? flag : { ...flag, metadata: { ...flag.metadata, "burgee.epoch": epoch } };
  const hold = held && readHold(held);
  if (hold === undefined) return known;
  if (typeof hold.held === "string" && !Object.hasOwn(flag.variants, hold.held)) {
    const what = `A ${hold.kind} holds ${key} at ${JSON.stringify(hold.held)}, which would be no variant of it any more, and nothing was written; keep that variant, or run \`burgee resume ${key}\` first.`;
    throw new Failure("findings", what);
  }
  return writeHold(known, hold.kind, hold.held);
}
