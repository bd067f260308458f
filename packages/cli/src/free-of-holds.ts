import { type FlagDefinition, readHold } from "@burgee/core";

/**
 * A flag as Git has it: its rule, whoever holds it, and nothing that only the running store knows. A
 * rule that is null is none.
 */
export function freeOfHolds(flag: FlagDefinition): FlagDefinition {
  const { targeting, metadata, ...rest } = flag;
  const hold = readHold(flag);
  const rule = (hold === undefined ? targeting : hold.rule) ?? null;
  const { "burgee.hold": _kind, "burgee.epoch": _epoch, ...facts } = metadata ?? {};
  return {
    ...rest,
    ...(rule !== null && { targeting: rule }),
    ...(Object.keys(facts).length > 0 && { metadata: facts }),
  };
}
