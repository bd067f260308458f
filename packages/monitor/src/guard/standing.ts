import { type FlagDefinition, type FlagMetadata, type HoldKind, readHold } from "@burgee/core";

/** Where a flag stands: who holds it, and how often it was resumed. */
export interface Standing {
  readonly hold: HoldKind | undefined;
  readonly epoch: number;
}

export function standingOf(flag: FlagDefinition): Standing {
  return { hold: readHold(flag)?.kind, epoch: epochIn(flag.metadata) };
}

/** The epoch that a flag's metadata names. */
export function epochIn(metadata: FlagMetadata | undefined): number {
  const epoch = metadata?.["burgee.epoch"];
  return typeof epoch === "number" ? epoch : 0;
}

/** Whether two definitions are of the same flag as people have written it, whatever holds it. */
export function sameWriting(one: FlagDefinition, other: FlagDefinition): boolean {
  return writingOf(one) === writingOf(other);
}

function writingOf(flag: FlagDefinition): string {
  const hold = readHold(flag);
  const { "burgee.hold": _hold, ...metadata } = flag.metadata ?? {};
  const targeting = hold === undefined ? (flag.targeting ?? null) : hold.rule;
  const written = {
    ...flag,
    targeting,
    metadata: { ...metadata, "burgee.epoch": epochIn(metadata) },
  };
  return JSON.stringify(written, (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value) ? sorted(value) : value,
  );
}

function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
