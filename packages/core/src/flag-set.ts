import type { JsonValue } from "./json.js";

/** Flat facts about a flag or a set: owner, expiry, version. */
export type FlagMetadata = Readonly<Record<string, string | number | boolean>>;

/**
 * One flag of the document, in the flagd format.
 *
 * @see https://flagd.dev/schema/v0/flags.json
 */
export interface FlagDefinition {
  readonly state: "ENABLED" | "DISABLED";
  /** The values by variant name, all of one JSON type. */
  readonly variants: Readonly<Record<string, JsonValue>>;
  /** The variant served where no rule decides; absent, null or "": the caller's default. */
  readonly defaultVariant?: string | null;
  /** A JsonLogic rule that gives a variant's name, or null for the default variant. */
  readonly targeting?: JsonValue;
  readonly metadata?: FlagMetadata;
}

/**
 * The flag document: every flag of one application in one environment.
 *
 * @see https://flagd.dev/schema/v0/flags.json
 */
export interface FlagSet {
  readonly flags: Readonly<Record<string, FlagDefinition>>;
  /** Shared rules (segments), used as `{"$ref": name}`. */
  readonly $evaluators?: Readonly<Record<string, JsonValue>>;
  readonly metadata?: FlagMetadata;
}

/** Entries to put in, and names to take out. */
export interface Edits<Entry> {
  readonly put?: Readonly<Record<string, Entry>>;
  readonly remove?: readonly string[];
}

/** What makes one flag set of another. */
export interface FlagSetDelta {
  readonly flags?: Edits<FlagDefinition>;
  readonly evaluators?: Edits<JsonValue>;
  /** The metadata from now on; absent: as it was. */
  readonly metadata?: FlagMetadata;
}
