import { BurgeeError, type Edits, type FlagChange, type FlagSet } from "@burgee/core";
import { copyDocument } from "./document.js";

/**
 * The flag set that a change makes of another.
 *
 * @param held the id of the revision the flag set belongs to
 * @throws BurgeeError `REVISION_CONFLICT` if the change was made on another revision,
 * `INVALID_FLAG_SET` if the result cannot be served
 */
export function applyChange(flagSet: FlagSet, held: string, change: FlagChange): FlagSet {
  if (change.expected !== held) {
    const what = `The store holds revision ${held}, and the change expects ${change.expected}.`;
    throw new BurgeeError("REVISION_CONFLICT", what);
  }
  const changed = {
    ...flagSet,
    flags: edited(flagSet.flags, change.flags),
    $evaluators: edited(flagSet.$evaluators, change.evaluators),
    ...(change.metadata && { metadata: change.metadata }),
  };
  return copyDocument(changed, "The change");
}

function edited<Entry>(
  entries: Readonly<Record<string, Entry>> = {},
  { put = {}, remove = [] }: Edits<Entry> = {},
): Record<string, Entry> {
  const result = new Map<string, Entry>([...Object.entries(entries), ...Object.entries(put)]);
  for (const name of remove) result.delete(name);
  return Object.fromEntries(result);
}
