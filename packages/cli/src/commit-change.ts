import { type AuditEntry, BurgeeError, type FlagChange, type FlagSet } from "@burgee/core";
import { Failure } from "./failure.js";
import type { OpenStore } from "./open-store.js";

/** A change, but for the revision that it is made on. */
export type Change = Omit<FlagChange, "expected">;

/** How often a change is made anew because somebody was quicker. */
const ATTEMPTS = 10;

/**
 * Changes what the store holds, by compare-and-set: where somebody was quicker, the change is made anew
 * of what is there then.
 *
 * @param make the change of a flag set; undefined if there is nothing to change. It may be asked again
 * @returns the entry; undefined if there was nothing to change
 * @throws Failure `conflict` if others were quicker again and again, and whatever `make` throws
 */
export async function commitChange(
  { store, read, name }: OpenStore,
  make: (flagSet: FlagSet, revision: string) => Change | undefined | Promise<Change | undefined>,
): Promise<AuditEntry | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const held = await read();
    const expected = held?.id ?? "";
    const change = await make(held?.flagSet ?? { flags: {} }, expected);
    if (change === undefined) return undefined;
    try {
      return await store.commit({ ...change, expected });
    } catch (error) {
      if (!(error instanceof BurgeeError && error.code === "REVISION_CONFLICT")) throw error;
    }
  }
  const what = `${name} was changed by others ${ATTEMPTS} times meanwhile, and nothing was written; try again.`;
  throw new Failure("conflict", what);
}
