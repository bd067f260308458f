import {
  BurgeeError,
  type ChangeKind,
  type Edits,
  type FlagChange,
  type FlagSet,
  flagSetFrom,
  type RevisionDelta,
} from "@burgee/core";
import { copyJson } from "./document.js";

/**
 * A change as it is written: a copy that is the store's own, and checked.
 *
 * @throws BurgeeError `INVALID_CHANGE`, naming every faulty field; `INVALID_FLAG_SET`, naming every
 * faulty place of what it puts in
 */
export function readChange(change: FlagChange): FlagChange {
  const read = copyJson(change, "The change") as FlagChange;
  const faults = [...faultsOf(read)];
  if (faults.length > 0) {
    throw new BurgeeError("INVALID_CHANGE", `The change cannot be made: ${faults.join("; ")}.`);
  }
  const { flags, evaluators, metadata } = read;
  flagSetFrom(
    {
      flags: flags?.put ?? {},
      $evaluators: evaluators?.put ?? {},
      ...(metadata !== undefined && { metadata }),
    },
    "The change",
  );
  return read;
}

/**
 * Checks that a change was made on the revision that is held.
 *
 * @param held its id; empty where there is none yet
 * @throws BurgeeError `REVISION_CONFLICT`, which carries the id
 */
export function checkExpected({ expected }: FlagChange, held: string): void {
  if (expected === held) return;
  const what = `The store holds ${nameOf(held)}, and the change expects ${nameOf(expected)}.`;
  throw new BurgeeError("REVISION_CONFLICT", what, { revision: held });
}

/**
 * The flag set that a change makes of another; what the change does not name is shared by both.
 *
 * @param change as {@link readChange} has read it
 */
export function applyChange(flagSet: FlagSet, change: FlagChange): FlagSet {
  const { flags, evaluators, metadata } = change;
  return {
    ...flagSet,
    flags: edited(flagSet.flags, flags),
    ...((flagSet.$evaluators ?? evaluators) && {
      $evaluators: edited(flagSet.$evaluators, evaluators),
    }),
    ...(metadata && { metadata }),
  };
}

/** What a change has made of the revision that it expected. */
export function deltaOf({ expected, flags, evaluators, metadata }: FlagChange): RevisionDelta {
  return {
    from: expected,
    ...(flags && { flags }),
    ...(evaluators && { evaluators }),
    ...(metadata && { metadata }),
  };
}

const kinds: Readonly<Record<ChangeKind, true>> = {
  seed: true,
  release: true,
  rollback: true,
  guard: true,
  kill: true,
  resume: true,
  archive: true,
  manual: true,
};

function* faultsOf(change: unknown): Generator<string> {
  if (!isRecord(change)) return yield "it must be an object";
  const { expected, actor, reason, kind, origin, flags, evaluators, metadata } = change;
  if (typeof expected !== "string") yield "expected must be the id of a revision";
  if (typeof actor !== "string" || actor === "") yield "actor must say who makes it";
  if (typeof reason !== "string" || reason === "") yield "reason must say why";
  if (typeof kind !== "string" || !Object.hasOwn(kinds, kind)) {
    yield `kind must be one of ${Object.keys(kinds).join(", ")}`;
  }
  if (origin !== undefined && !isRecord(origin)) yield "origin must be an object";
  if (metadata !== undefined && !isRecord(metadata)) yield "metadata must be an object";
  yield* faultsOfEdits("flags", flags);
  yield* faultsOfEdits("evaluators", evaluators);
}

function* faultsOfEdits(name: string, edits: unknown): Generator<string> {
  if (edits === undefined) return;
  if (!isRecord(edits)) return yield `${name} must be an object of put and remove`;
  const { put, remove } = edits;
  if (put !== undefined && !isRecord(put)) yield `${name}.put must be an object`;
  const names = remove ?? [];
  if (!Array.isArray(names) || !names.every((each) => typeof each === "string")) {
    yield `${name}.remove must be a list of names`;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function nameOf(revision: string): string {
  return revision === "" ? "no revision" : `revision ${revision}`;
}

function edited<Entry>(
  entries: Readonly<Record<string, Entry>> = {},
  { put = {}, remove = [] }: Edits<Entry> = {},
): Record<string, Entry> {
  const result = new Map<string, Entry>([...Object.entries(entries), ...Object.entries(put)]);
  for (const name of remove) result.delete(name);
  return Object.fromEntries(result);
}
