import type { Edits, FlagDefinition, FlagMetadata, FlagSet, FlagSetDelta } from "./flag-set.js";
import type { JsonValue } from "./json.js";

/** One immutable version of the flag set. */
export interface Revision {
  /** Opaque, compared for equality only: the order of revisions is the source's business. */
  readonly id: string;
  /** All of it. It may be a getter: it is read where the delta does not say enough. */
  readonly flagSet: FlagSet;
  /** What made it of another revision, for those who hold that one. */
  readonly delta?: RevisionDelta;
  /**
   * When it was last known to be the newest, in milliseconds since the epoch, if that is not now: it
   * comes from a cache, or a part of it does. Such a revision ends no outage, and its age counts from
   * here; `-Infinity` if a part of it never was.
   */
  readonly verifiedAt?: number;
}

/** What makes one revision of another. */
export interface RevisionDelta extends FlagSetDelta {
  /** The id of the revision it was made of; where another one is held, the delta says nothing. */
  readonly from: string;
}

/** What a source tells: each may be called at any time, also before `subscribe` returns. */
export interface RevisionSink {
  /** A new revision. */
  next(revision: Revision): void;
  /** The revision held was verified now. */
  current(): void;
  /** Revisions cannot be had, or one could not be read; the last one stays. */
  problem(error: unknown): void;
}

/**
 * Where revisions come from. Nothing happens before the first subscriber; the last one to leave
 * stops whatever runs.
 */
export interface FlagSource {
  /** Tells the revision held, if any, and every later one, until the returned function is called. */
  subscribe(sink: RevisionSink): () => void;
  /**
   * Looks now whether there is a newer revision, and resolves once what was found has been told to the
   * subscribers: `next`, `current` or `problem`. Never rejects. Absent where every change is told at
   * once anyway.
   */
  refresh?(): Promise<void>;
}

/** Why a flag set was changed. */
export type ChangeKind =
  | "seed"
  | "release"
  | "rollback"
  | "guard"
  | "kill"
  | "resume"
  | "archive"
  | "manual";

/** A change of the flag set, to be committed as one. */
export interface FlagChange {
  /** The id of the revision it was made on; another one makes the commit fail. Empty: on none yet. */
  readonly expected: string;
  readonly flags?: Edits<FlagDefinition>;
  readonly evaluators?: Edits<JsonValue>;
  readonly metadata?: FlagMetadata;
  /** Who made it. */
  readonly actor: string;
  /** Why. */
  readonly reason: string;
  readonly kind: ChangeKind;
  /** Where it came from. */
  readonly origin?: ChangeOrigin;
}

/** Where a change came from: a commit, a build, a page. */
export interface ChangeOrigin {
  readonly commit?: string;
  readonly build?: string;
  readonly url?: string;
}

/** What a change made of one entry: of what was not there, into what is not there. */
export interface Alteration<Entry> {
  readonly before?: Entry;
  readonly after?: Entry;
}

/**
 * Who made a revision, when, why, from what, and what it changed. Each names the hash of the one
 * before, so that none can be changed, left out or put in without a trace.
 */
export interface AuditEntry extends Pick<FlagChange, "actor" | "reason" | "kind" | "origin"> {
  /** The id of the revision it made. */
  readonly revision: string;
  /** When, as an ISO 8601 text. */
  readonly time: string;
  /** The flags it changed, by key. */
  readonly flags: Readonly<Record<string, Alteration<FlagDefinition>>>;
  /** The shared rules it changed, by name. */
  readonly evaluators: Readonly<Record<string, Alteration<JsonValue>>>;
  /** The metadata of the set, if it changed that. */
  readonly metadata?: Alteration<FlagMetadata>;
  /** The hash of the entry before it; empty for the first. */
  readonly previous: string;
  /** The hash of all of the above. */
  readonly hash: string;
}

/** Which entries of a history. */
export interface HistoryQuery {
  /** Those that changed this flag. `@default` all */
  readonly flag?: string;
  /** How many, at most. `@default` all */
  readonly limit?: number;
}

/** A source that can be written. */
export interface FlagStore extends FlagSource {
  /**
   * The revision held now.
   *
   * @throws BurgeeError `SOURCE_UNAVAILABLE` if it cannot be had, or, with an empty `revision`, if
   * there is none yet
   */
  read(): Promise<Revision>;
  /**
   * Compare-and-set: makes a new revision of the expected one.
   *
   * @throws BurgeeError `REVISION_CONFLICT` if the store holds another revision, whose id the error
   * carries; `INVALID_CHANGE` if it does not say who made it, why and of what kind it is;
   * `INVALID_FLAG_SET` if it would make a flag set that cannot be served; `STORE_READ_ONLY` and
   * `STORE_BUSY` if it cannot be written
   */
  commit(change: FlagChange): Promise<AuditEntry>;
  /** Who changed what, the newest first. */
  history(query?: HistoryQuery): AsyncIterable<AuditEntry>;
}
