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
  /** The id of the revision it was made on; another one makes the commit fail. */
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

/** Who made a revision, when and why. */
export interface AuditEntry extends Pick<FlagChange, "actor" | "reason" | "kind" | "origin"> {
  /** The id of the revision it made. */
  readonly revision: string;
  /** When, as an ISO 8601 text. */
  readonly time: string;
}

/** A source that can be written. */
export interface FlagStore extends FlagSource {
  /** The revision held now. */
  read(): Promise<Revision>;
  /**
   * Compare-and-set: makes a new revision of the expected one.
   *
   * @throws BurgeeError `REVISION_CONFLICT` if the store holds another revision,
   * `INVALID_FLAG_SET` if the change would make a flag set that cannot be served
   */
  commit(change: FlagChange): Promise<AuditEntry>;
}
