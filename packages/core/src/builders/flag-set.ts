import type { Definition, Definitions, VariantOf } from "../define.js";
import { BurgeeError } from "../errors.js";
import type { FlagDefinition, FlagMetadata, FlagSet } from "../flag-set.js";
import { frozenCopy, type JsonValue } from "../json.js";
import { unknownNames } from "./check.js";
import type { Condition } from "./condition.js";
import { firstOf, type Rule } from "./rule.js";

/** How one flag is decided in a flag set. */
export interface FlagRules<Variant extends string = string> {
  /** A rule, or rules tried in order: the first that gives a variant decides. */
  readonly targeting?: Rule<Variant> | readonly Rule<Variant>[];
  /** @default "ENABLED" */
  readonly state?: FlagDefinition["state"];
  /**
   * The variant served where no rule gives one.
   *
   * @default the definition's default
   */
  readonly defaultVariant?: Variant;
  /** Facts laid over the definition's own: owner, description, kind, created, expires. */
  readonly metadata?: FlagMetadata;
}

/** What a flag set has besides its flags. */
export interface FlagSetExtras {
  /** Shared conditions by name, for `inSegment`. */
  readonly segments?: Readonly<Record<string, Condition>>;
  /** Facts about the whole set. */
  readonly metadata?: FlagMetadata;
}

/**
 * Writes the flag document for an application: every flag it defines, with the rules given. What
 * comes out is plain, frozen data in the flagd format, to be stored or written with
 * `JSON.stringify`.
 *
 * @throws BurgeeError `INVALID_RULE`, naming every flag and place: a key that is not defined, a
 * variant its flag does not have, a segment that is not there or refers to itself
 *
 * @example
 * ```ts
 * import { after, attr, defineFlags, flagSet, inSegment, percent, when } from "@burgee/core";
 *
 * const definitions = defineFlags({
 *   "new-checkout": { default: false, owner: "payments" },
 *   "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"] },
 * });
 * const document = flagSet(
 *   definitions,
 *   {
 *     "new-checkout": { targeting: [when(inSegment("isStaff"), "on"), percent({ on: 10 })] },
 *     "search-ranking": { targeting: when(after("2027-01-04T09:00:00Z"), "hybrid") },
 *   },
 *   { segments: { isStaff: attr("email").endsWith("@example.com") } },
 * );
 * console.log(JSON.stringify(document, null, 2));
 * ```
 */
export function flagSet<D extends Definitions>(
  definitions: D,
  rules: { readonly [Key in keyof NoInfer<D>]?: FlagRules<VariantOf<NoInfer<D>[Key]>> } = {},
  { segments, metadata }: FlagSetExtras = {},
): FlagSet {
  const given = new Map(Object.entries<FlagRules | undefined>(rules));
  const undefinedKeys = [...given.keys()]
    .filter((key) => !Object.hasOwn(definitions, key))
    .map((key) => `flag ${JSON.stringify(key)} is not defined`);
  const document: FlagSet = {
    flags: Object.fromEntries(
      Object.entries<Definition>(definitions).map(([key, definition]) => {
        return [key, flagOf(definition, given.get(key) ?? {})];
      }),
    ),
    ...(segments && { $evaluators: segments }),
    ...(metadata && { metadata }),
  };
  const unknown = unknownNames(document).map(({ pointer, message }) => `${pointer}: ${message}`);
  const faults = [...undefinedKeys, ...unknown];
  if (faults.length > 0) throw new BurgeeError("INVALID_RULE", `${faults.join("; ")}.`);
  return frozenCopy(document as unknown as JsonValue) as unknown as FlagSet;
}

function flagOf(
  definition: Definition,
  { targeting = [], state = "ENABLED", defaultVariant = definition.default, metadata }: FlagRules,
): FlagDefinition {
  const [first, ...others] = isList(targeting) ? targeting : [targeting];
  const facts = { ...notesOf(definition), ...metadata };
  return {
    state,
    variants: definition.variants,
    defaultVariant,
    ...(first && { targeting: firstOf(first, ...others) }),
    ...(Object.keys(facts).length > 0 && { metadata: facts }),
  };
}

function isList(targeting: Rule | readonly Rule[]): targeting is readonly Rule[] {
  return Array.isArray(targeting);
}

function notesOf({ description, owner, kind, created, expires }: Definition): FlagMetadata {
  const notes = Object.entries({ description, owner, kind, created, expires });
  return Object.fromEntries(
    notes.filter((note): note is [string, string] => typeof note[1] === "string"),
  );
}
