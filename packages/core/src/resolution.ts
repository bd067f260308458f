import { anonymous, type EvaluationContext } from "./context.js";
import { within } from "./deadline.js";
import type { Definition } from "./define.js";
import { type EvaluationDetails, failure } from "./details.js";
import { type ErrorCode, textOf } from "./errors.js";
import { frozenCopy, type JsonValue, jsonType, sameJson } from "./json.js";
import { createOwed, type Owed } from "./owed.js";
import type { FlagResolver, Resolution } from "./resolver.js";
import { createRuleset, type Ruleset } from "./ruleset.js";

/** How long a scope waits until its flags are resolved, in milliseconds. */
const DEADLINE = 250;

/** How many answers of a flag may be owed; while they are so many, the resolver is not asked for it. */
const MAX_OWED = 1000;

/** Resolves the flags of scopes. */
export interface Resolutions {
  /**
   * All flags, as they are resolved for somebody; one that is late serves its default. A resolver
   * that hangs is left alone for a while, so that what waits for it does not fill the memory. Never
   * rejects.
   */
  for(context: EvaluationContext): Promise<Ruleset>;
  /** Flags that nobody has resolved. */
  readonly none: Ruleset;
}

/** @param report told a flag's key, a code, and what follows the flag in a sentence */
export function createResolutions(
  resolver: FlagResolver,
  definitions: ReadonlyMap<string, Definition>,
  report: (flag: string, code: ErrorCode, what: string) => void,
): Resolutions {
  const owedOf = createOwed();

  async function resolve(flag: string, definition: Definition, who: EvaluationContext) {
    try {
      const resolution = await resolver.resolve(flag, definition, who);
      const details = detailsOf(definition, resolution);
      const { variant } = details;
      if (variant !== undefined && !Object.hasOwn(definition.variants, variant)) {
        const what = `was resolved to a variant that its definition lacks: ${JSON.stringify(variant)}`;
        report(flag, "UNDECLARED_VARIANT", what);
      }
      return details;
    } catch (cause) {
      return failed(definition, `it could not be resolved: ${textOf(cause)}`);
    }
  }

  return {
    async for(context) {
      const resolved = new Map<string, EvaluationDetails>();
      const waiting = new Set<Owed>();
      let isLate = false;
      const asked = [...definitions].map(async ([flag, definition]) => {
        const who = definition.context === "none" ? anonymous : context;
        const own = owedOf(flag);
        if (own.answers >= MAX_OWED) {
          resolved.set(flag, failed(definition, `${MAX_OWED} scopes still wait for an answer`));
          return;
        }
        waiting.add(own);
        const details = await resolve(flag, definition, who);
        if (isLate) own.answers--;
        else {
          waiting.delete(own);
          resolved.set(flag, details);
        }
      });
      await within(DEADLINE, Promise.all(asked), undefined);
      isLate = true;
      for (const own of waiting) own.answers++;
      return rulesetOf(definitions, (flag, definition) => {
        return (
          resolved.get(flag) ?? failed(definition, `it was not resolved within ${DEADLINE} ms`)
        );
      });
    },
    none: rulesetOf(definitions, (_flag, definition) => {
      const message = "it is resolved when a scope is opened with open()";
      return failure(safeValue(definition), "PROVIDER_NOT_READY", message, {});
    }),
  };
}

/** What is decided already, as rules decide. */
function rulesetOf(
  definitions: ReadonlyMap<string, Definition>,
  details: (flag: string, definition: Definition) => EvaluationDetails,
): Ruleset {
  return {
    ...NO_RULES,
    flag(key) {
      const variants = definitions.get(key)?.variants;
      return variants && { state: "ENABLED", variants };
    },
    evaluate<Value>(key: string, defaultValue: Value, context: EvaluationContext, now?: number) {
      const definition = definitions.get(key);
      return definition === undefined
        ? NO_RULES.evaluate(key, defaultValue, context, now)
        : (details(key, definition) as EvaluationDetails<Value>);
    },
    evaluateAll: () => new Map([...definitions].map(([key, one]) => [key, details(key, one)])),
  };
}

const NO_RULES = createRuleset({ flags: {} });

/** @throws TypeError for a value that JSON cannot write */
function detailsOf(definition: Definition, resolution: Resolution): EvaluationDetails {
  const { value, reason, errorCode, errorMessage = "" } = resolution;
  const safe = safeValue(definition);
  const flagMetadata = Object.freeze({ ...resolution.flagMetadata });
  if (errorCode !== undefined) return failure(safe, errorCode, errorMessage, flagMetadata);
  if (jsonType(value) !== jsonType(safe)) {
    const message = `its value is of type ${jsonType(value)}, not ${jsonType(safe)}`;
    return failure(safe, "TYPE_MISMATCH", message, flagMetadata);
  }
  const variant = variantOf(definition, resolution);
  if (variant === undefined) {
    return failed(definition, "its value is none of its variants', and has no name");
  }
  return Object.freeze({ value: frozenCopy(value as JsonValue), variant, reason, flagMetadata });
}

/** The variant's name here, where it may have another than the one, or none, that it has there. */
function variantOf(
  { variants, default: safe }: Definition,
  { value, variant }: Resolution,
): string | undefined {
  if (variant !== undefined && Object.hasOwn(variants, variant)) return variant;
  const names = [safe, ...Object.keys(variants)];
  return names.find((name) => sameJson(variants[name], value)) ?? variant;
}

function failed(definition: Definition, message: string): EvaluationDetails {
  return failure(safeValue(definition), "GENERAL", message, {});
}

function safeValue({ variants, default: safe }: Definition): JsonValue {
  return variants[safe] as JsonValue;
}
