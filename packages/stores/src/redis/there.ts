import type { FlagSet } from "@burgee/core";
import { type Send, sendTwice } from "./client.js";
import { type Fields, readEvaluators, readFlags, readMetadata } from "./fields.js";
import type { Keys } from "./keys.js";
import { keysOfSet, lookScript, run } from "./scripts.js";

/** What a commit is made of. */
export interface There {
  /** The id of the revision; empty for none. */
  readonly revision: string;
  /** The hash of its audit entry. */
  readonly hash: string;
  /** The hash of the last audit entry there is, whatever has become of the rest. */
  readonly previous: string;
  /** The highest number of a revision that is known. */
  readonly number: bigint;
  /** By the clock of Redis, as an ISO 8601 text. */
  readonly time: string;
  /** What there is of what was asked for. */
  readonly before: FlagSet;
}

/** What is looked for. */
export interface Names {
  readonly flags: readonly string[];
  readonly evaluators: readonly string[];
}

/** @param largest the largest field that is read, in bytes */
export async function lookThere(
  send: Send,
  keys: Keys,
  { flags, evaluators }: Names,
  largest: number,
): Promise<There> {
  const args = [String(largest), String(flags.length), ...flags, ...evaluators];
  const reply = await run(sendTwice(send), lookScript, keysOfSet(keys), args);
  return thereOf(reply as Reply, keys);
}

type Reply = readonly [
  revision: string,
  last: string,
  number: string,
  seconds: string,
  microseconds: string,
  flags: Fields,
  evaluators: Fields,
  metadata: Fields,
  hash: string,
];

function thereOf(reply: Reply, keys: Keys): There {
  const [revision, previous, number, seconds, microseconds, flags, rules, facts, hash] = reply;
  const milliseconds = Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
  const metadata = readMetadata(facts, keys.metadata).entries;
  return {
    revision,
    hash,
    previous,
    number: BigInt(number),
    time: new Date(milliseconds).toISOString(),
    before: {
      flags: presentOf(readFlags(flags, keys.flags).entries),
      $evaluators: presentOf(readEvaluators(rules, keys.evaluators).entries),
      ...(metadata.size > 0 && { metadata: presentOf(metadata) }),
    },
  };
}

function presentOf<Entry>(entries: ReadonlyMap<string, Entry | undefined>): Record<string, Entry> {
  const present = [...entries].filter(([, entry]) => entry !== undefined);
  return Object.fromEntries(present) as Record<string, Entry>;
}
