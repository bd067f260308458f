import type { Revision } from "@burgee/core";
import type { OpenStore } from "../open-store.js";
import { populationOf, sampleFor } from "../population.js";
import type { SkippedFile } from "../references/find-references.js";
import { searchCode } from "../references/search-code.js";
import type { Session } from "../session.js";
import type { Evidence } from "./judge.js";
import { readLastChanges } from "./last-changes.js";

/** What flags are judged by, and what could not be looked at. */
export interface Gathered extends Evidence {
  readonly files: number;
  readonly skipped: readonly SkippedFile[];
}

/** Gathers what the store, its history, the definitions and the code say of flags. */
export async function gatherEvidence(
  session: Session,
  opened: OpenStore,
  { flagSet }: Revision,
  moment: Pick<Evidence, "at" | "maxAge">,
): Promise<Gathered> {
  const definitions = await session.readDefinitions();
  const keys = new Set([...Object.keys(flagSet.flags), ...Object.keys(definitions ?? {})]);
  const { references, files, skipped } = await searchCode(session, keys);
  const found = references.filter(({ kind }) => kind === "definition").map(({ flag }) => flag);
  const defined = definitions ? Object.keys(definitions) : found;
  const everybody = await populationOf(session.settings.contexts, flagSet);
  return {
    ...moment,
    flagSet,
    definitions,
    defined: defined.length > 0 ? new Set(defined) : undefined,
    references: files > 0 ? references : undefined,
    changes: await readLastChanges(opened),
    population: sampleFor(Object.keys(flagSet.flags).length, everybody),
    files,
    skipped,
  };
}
