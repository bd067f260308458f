import {
  type AuditEntry,
  BurgeeError,
  type FlagDefinition,
  type FlagSet,
  type FlagStore,
  type HoldKind,
  type JsonValue,
  writeHold,
} from "@burgee/core";
import { sameWriting, standingOf } from "./standing.js";

/** How often a commit is tried that others were faster than. */
const ATTEMPTS = 8;

/** How long the store may take for each step, in milliseconds. */
const PATIENCE = 2000;

/** What is held of a flag; undefined where there is nothing to hold. */
export type Held = (flag: FlagDefinition, flagSet: FlagSet) => JsonValue | undefined;

/** What a guard wants to write. */
export interface WantedHold {
  readonly flag: string;
  readonly kind: HoldKind;
  /** The flag as it was when the guard decided; undefined if it has not seen it yet. */
  readonly decidedOn: FlagDefinition | undefined;
  readonly held: Held;
  readonly reason: string;
}

/** What came of it. */
export type WrittenHold =
  | { readonly outcome: "written"; readonly entry: AuditEntry }
  /** It is held already, or there is nothing to hold. */
  | { readonly outcome: "held" }
  /** Somebody has edited the flag meanwhile: nothing was written. */
  | { readonly outcome: "edited" }
  | { readonly outcome: "unreachable"; readonly error: unknown };

/**
 * Holds a flag, by compare-and-set. A change of other flags in between is read again and decided on; an
 * edit of this one wins.
 */
export async function holdFlag(store: FlagStore, wanted: WantedHold): Promise<WrittenHold> {
  const { flag, kind, reason } = wanted;
  let { decidedOn } = wanted;
  let conflict: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      const revision = await inTime(store.read());
      const { flagSet } = revision;
      const definition = Object.hasOwn(flagSet.flags, flag) ? flagSet.flags[flag] : undefined;
      if (definition === undefined) return { outcome: "edited" };
      decidedOn ??= definition;
      const { hold, epoch } = standingOf(definition);
      const sameEpoch = epoch === standingOf(decidedOn).epoch;
      if (sameEpoch && (hold === "guard" || hold === kind)) return { outcome: "held" };
      if (hold === "kill" || !sameWriting(definition, decidedOn)) return { outcome: "edited" };
      const held = wanted.held(definition, flagSet);
      if (held === undefined) return { outcome: "held" };
      const change = {
        expected: revision.id,
        flags: { put: { [flag]: writeHold(definition, kind, held) } },
        actor: "guard",
        reason,
        kind: "guard",
      } as const;
      return { outcome: "written", entry: await inTime(store.commit(change)) };
    } catch (error) {
      if (!isConflict(error)) return { outcome: "unreachable", error };
      conflict = error;
    }
  }
  return { outcome: "unreachable", error: conflict };
}

function isConflict(error: unknown): boolean {
  return error instanceof BurgeeError && error.code === "REVISION_CONFLICT";
}

/** @throws what the promise rejects with, or that it took too long */
async function inTime<Result>(promise: Promise<Result>): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new BurgeeError(
      "SOURCE_UNAVAILABLE",
      `The store took longer than ${PATIENCE} ms.`,
    );
    timer = setTimeout(reject, PATIENCE, error);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
