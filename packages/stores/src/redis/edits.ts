import { type AuditEntry, BurgeeError, type FlagChange, type FlagMetadata } from "@burgee/core";
import type { Names } from "./there.js";

/** How long a flag's key may be, in bytes. */
const MAX_NAME = 10_000;

/** How many names a message has at most. */
const MAX_TOLD = 100;

/** What a change puts in or takes out. */
export function namesOf({ flags, evaluators }: FlagChange): Names {
  return { flags: namesOfEdits(flags), evaluators: namesOfEdits(evaluators) };
}

/** What a change does to the fields, as the script takes it: what, name and value in turn. */
export function editsOf({ flags, evaluators, metadata }: FlagChange): string[] {
  return [
    ...fieldEdits("f", flags),
    ...fieldEdits("e", evaluators),
    ...(metadata === undefined ? [] : metadataEdits(metadata)),
  ];
}

/** What subscribers are told: which revision there is, and what was changed; never how. */
export function messageOf({ revision, flags, evaluators, metadata }: AuditEntry): string {
  const names = { flags: Object.keys(flags), evaluators: Object.keys(evaluators) };
  const many = names.flags.length + names.evaluators.length > MAX_TOLD;
  return JSON.stringify({ revision, ...(!many && { ...names, metadata: metadata !== undefined }) });
}

/**
 * @param largest the largest field that is read, in bytes
 * @throws BurgeeError `INVALID_FLAG_SET` for what could be written and not be read
 */
export function checkSizes({ flags, evaluators }: FlagChange, largest: number): void {
  const put = [...Object.entries(flags?.put ?? {}), ...Object.entries(evaluators?.put ?? {})];
  for (const [name, value] of put) {
    const shown = JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
    if (Buffer.byteLength(name) > MAX_NAME || Buffer.from(name).toString().includes("\uFFFD")) {
      const what = `The change: the name ${shown} is not UTF-8, or has more than ${MAX_NAME} bytes.`;
      throw new BurgeeError("INVALID_FLAG_SET", what);
    }
    const size = Buffer.byteLength(JSON.stringify(value));
    if (size <= largest) continue;
    const what = `The change: ${shown} has ${size} bytes, and at most ${largest} are read.`;
    throw new BurgeeError("INVALID_FLAG_SET", what);
  }
}

interface Named {
  readonly put?: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
}

function namesOfEdits({ put = {}, remove = [] }: Named = {}): string[] {
  return [...new Set([...Object.keys(put), ...remove])];
}

function fieldEdits(kind: "f" | "e", { put = {}, remove = [] }: Named = {}): string[] {
  return [
    ...Object.entries(put).flatMap(([name, value]) => [`${kind}+`, name, JSON.stringify(value)]),
    ...remove.flatMap((name) => [`${kind}-`, name, ""]),
  ];
}

function metadataEdits(metadata: FlagMetadata): string[] {
  const facts = Object.entries(metadata);
  return ["m-", "", "", ...facts.flatMap(([name, fact]) => ["m+", name, JSON.stringify(fact)])];
}
