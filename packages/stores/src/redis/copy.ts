import {
  BurgeeError,
  type Edits,
  type FlagDefinition,
  type FlagMetadata,
  type FlagSet,
  type JsonValue,
  type Revision,
} from "@burgee/core";
import type { Send } from "./client.js";
import { type Fields, type ReadFields, readEvaluators, readFlags, readMetadata } from "./fields.js";
import type { Keys } from "./keys.js";
import { keysOfSet, readScript, run } from "./scripts.js";
import { firstVersion, type Version } from "./version.js";

/** Which revision it is, and which of those that may have the same id. */
export interface Identity {
  readonly revision: string;
  /** The hash of its audit entry. */
  readonly hash: string;
  /** When what is in it was written, as an ISO 8601 text. */
  readonly asOf: string;
}

/** What there is in Redis, beside what is held. */
export type Found =
  | { readonly status: "same" }
  | { readonly status: "empty" }
  | {
      /** Whether it was made of what is held, or it is not known, or it was not. */
      readonly status: "delta" | "whole" | "diverged";
      readonly identity: Identity;
      /** Holds it from now on. Undefined if something else was adopted meanwhile. */
      adopt(): Adopted | undefined;
    };

/** A revision, and what is wrong in it. */
export interface Adopted {
  readonly revision: Revision;
  readonly faults: readonly BurgeeError[];
}

/** What is held of one flag set. */
export interface Copy {
  /** Undefined before the first revision. */
  readonly identity: Identity | undefined;
  /** All of what is held. */
  readonly revision: Revision;
  /** Asks for what was changed since. */
  look(send: Send): Promise<Found>;
  /** What is held has another identity: it was written once more. */
  rename(identity: Identity): Revision;
}

/** How much is read. */
export interface Limits {
  /** The largest flag, in bytes. */
  readonly maxFlagBytes: number;
  /** All flags together, in bytes. */
  readonly maxBytes: number;
}

interface Content {
  readonly flags: Version<FlagDefinition>;
  readonly evaluators: Version<JsonValue>;
  readonly metadata: FlagMetadata | undefined;
}

const nothing = (): Content => ({
  flags: firstVersion(new Map()),
  evaluators: firstVersion(new Map()),
  metadata: undefined,
});

/** @param adopted is told the identity of each revision that it holds */
export function createCopy(
  keys: Keys,
  { maxFlagBytes, maxBytes }: Limits,
  adopted: (identity: Identity) => void,
): Copy {
  let identity: Identity | undefined;
  let content = nothing();

  function revisionOf(delta?: Revision["delta"]): Revision {
    const { flags, evaluators, metadata } = content;
    const id = identity?.revision ?? "";
    return {
      id,
      get flagSet() {
        return flagSetOf({ flags, evaluators, metadata });
      },
      ...(delta && { delta }),
    };
  }

  function hold(next: Identity): void {
    identity = next;
    adopted(next);
  }

  function adoptDelta(next: Identity, parts: Parts): Adopted {
    const { flags, evaluators, metadata, faults } = parts;
    content = {
      flags: content.flags.with(flags.entries),
      evaluators: content.evaluators.with(evaluators.entries),
      metadata: metadata ?? content.metadata,
    };
    const from = identity?.revision ?? "";
    hold(next);
    const delta = {
      from,
      flags: editsOf(flags.entries),
      evaluators: editsOf(evaluators.entries),
      ...(metadata && { metadata }),
    };
    return { revision: revisionOf(delta), faults };
  }

  function adoptWhole(next: Identity, parts: Parts): Adopted {
    content = {
      flags: wholeOf(parts.flags, content.flags),
      evaluators: wholeOf(parts.evaluators, content.evaluators),
      metadata: parts.metadata,
    };
    hold(next);
    return { revision: revisionOf(), faults: parts.faults };
  }

  return {
    get identity() {
      return identity;
    },
    get revision() {
      return revisionOf();
    },
    async look(send) {
      const held = identity;
      const args = [held?.revision ?? "", held?.hash ?? "", String(maxFlagBytes), String(maxBytes)];
      const reply = replyOf(await run(send, readScript, keysOfSet(keys), args));
      const [status, revision, hash, asOf, flags, evaluators, metadata] = reply;
      if (status === "same" || status === "empty") return { status };
      if (!/:\d+$/.test(revision)) {
        const what = `${keys.head} holds no revision, but ${JSON.stringify(revision.slice(0, 100))}.`;
        throw new BurgeeError("SOURCE_UNAVAILABLE", what);
      }
      const found = { revision, hash, asOf };
      return {
        status,
        identity: found,
        adopt() {
          if (identity !== held) return undefined;
          const parts = partsOf(keys, flags, evaluators, metadata);
          return status === "delta" ? adoptDelta(found, parts) : adoptWhole(found, parts);
        },
      };
    },
    rename(next) {
      const from = identity?.revision ?? "";
      hold(next);
      return revisionOf({ from });
    },
  };
}

type Reply = readonly [
  status: Found["status"],
  revision: string,
  hash: string,
  asOf: string,
  flags: Fields,
  evaluators: Fields,
  metadata: Fields | null,
];

function replyOf(reply: unknown): Reply {
  if (Array.isArray(reply)) return reply as unknown as Reply;
  throw new Error(`Redis answered ${typeof reply} where a list was asked for`);
}

interface Parts {
  readonly flags: ReadFields<FlagDefinition>;
  readonly evaluators: ReadFields<JsonValue>;
  readonly metadata: FlagMetadata | undefined;
  readonly faults: readonly BurgeeError[];
}

function partsOf(keys: Keys, flags: Fields, evaluators: Fields, metadata: Fields | null): Parts {
  const readF = readFlags(flags, keys.flags);
  const readE = readEvaluators(evaluators, keys.evaluators);
  const readM = readMetadata(metadata ?? [], keys.metadata);
  return {
    flags: readF,
    evaluators: readE,
    metadata: metadata === null ? undefined : (Object.fromEntries(readM.entries) as FlagMetadata),
    faults: [...readF.faults, ...readE.faults, ...readM.faults],
  };
}

/** All that can be served; what cannot stays as it was. */
function wholeOf<Entry>(
  { entries, faulty }: ReadFields<Entry>,
  before: Version<Entry>,
): Version<Entry> {
  const map = new Map<string, Entry>();
  for (const [name, entry] of entries) if (entry !== undefined) map.set(name, entry);
  for (const name of faulty) {
    const last = before.get(name);
    if (last !== undefined) map.set(name, last);
  }
  return firstVersion(map);
}

function editsOf<Entry>(entries: ReadonlyMap<string, Entry | undefined>): Edits<Entry> {
  const put: [string, Entry][] = [];
  const remove: string[] = [];
  for (const [name, entry] of entries) {
    if (entry === undefined) remove.push(name);
    else put.push([name, entry]);
  }
  return { put: Object.fromEntries(put), remove };
}

function flagSetOf({ flags, evaluators, metadata }: Content): FlagSet {
  const rules = evaluators.entries();
  return {
    flags: Object.fromEntries(flags.entries()),
    ...(rules.size > 0 && { $evaluators: Object.fromEntries(rules) }),
    ...(metadata && Object.keys(metadata).length > 0 && { metadata }),
  };
}
