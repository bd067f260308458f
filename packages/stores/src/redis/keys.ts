import { BurgeeError } from "@burgee/core";

/** The names under which one flag set is kept. All are in one slot of a cluster. */
export interface Keys {
  /** A hash: revision, hash and time of the newest entry, and how many flags there are. */
  readonly head: string;
  /** A hash: the JSON of each flag, by key. */
  readonly flags: string;
  /** A hash: the JSON of each shared rule, by name. */
  readonly evaluators: string;
  /** A hash: the JSON of each fact about the set, by name. */
  readonly metadata: string;
  /** A sorted set: what was changed, scored by the number of the revision that changed it last. */
  readonly changed: string;
  /** A sorted set: the hashes of the audit entries, scored by the number of the revision. */
  readonly chain: string;
  /** A stream: the audit entries; the number of the revision is the first half of the id. */
  readonly audit: string;
  /** A sorted set: the instances and the revisions they hold, scored by when they said so. */
  readonly fleet: string;
  /** A channel: each new revision, and what it changed. */
  readonly channel: string;
}

/** How long a key may be. */
const MAX_LENGTH = 200;

/** @throws BurgeeError `INVALID_OPTIONS` for a key that cannot be a hash tag */
export function keysOf(key: string): Keys {
  if (typeof key !== "string" || !/^[^{}\s]+$/.test(key) || key.length > MAX_LENGTH) {
    const what = `The key ${JSON.stringify(key)} of redisStore must be a text of at most ${MAX_LENGTH} characters, without spaces and braces.`;
    throw new BurgeeError("INVALID_OPTIONS", what);
  }
  const named = (name: string) => `{${key}}:${name}`;
  return {
    head: named("head"),
    flags: named("flags"),
    evaluators: named("evaluators"),
    metadata: named("metadata"),
    changed: named("changed"),
    chain: named("chain"),
    audit: named("audit"),
    fleet: named("fleet"),
    channel: named("revisions"),
  };
}
