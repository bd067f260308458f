import { type FlagDefinition, readHold, writeHold } from "@burgee/core";

/** A flag as Git has it, under the hold that is on another version of it, and in the same epoch. */
export function heldAs(flag: FlagDefinition, held: FlagDefinition | undefined): FlagDefinition {
  const epoch = held?.metadata?.["burgee.epoch"];
  const known =
    epoch === undefined ? flag : { ...flag, metadata: { ...flag.metadata, "burgee.epoch": epoch } };
  const hold = held && readHold(held);
  return hold === undefined ? known : writeHold(known, hold.kind, hold.held);
}
