import type { EvaluationContext, FlagSet } from "@burgee/core";
import { partsOf } from "./checks/parts.js";
import { readContexts } from "./contexts.js";

/** Who a change is tried on. */
export interface Population {
  /** Where they come from, for a sentence: "of 10,000 made-up users". */
  readonly name: string;
  /** Whether they are real contexts, rather than made-up ones without attributes. */
  readonly real: boolean;
  readonly contexts: readonly EvaluationContext[];
}

/** How many users are made up, and how many of them are enough where many flags are tried. */
const MADE_UP = 10_000;
const FEW = 1000;

/** Of how many flags on they are enough. */
const MANY_FLAGS = 200;

/**
 * Those of a file; without one, made-up users. They have keys of their own, and values of their own in
 * whatever attributes flags are split by, and nothing else: conditions on other attributes do not hold.
 *
 * @param flagSets whose rules say which attributes those are
 * @throws Failure `usage` for a file that holds no contexts
 */
export async function populationOf(
  file: string | undefined,
  ...flagSets: readonly FlagSet[]
): Promise<Population> {
  if (file !== undefined) {
    const contexts = await readContexts(file);
    return { name: `${contexts.length.toLocaleString("en")} contexts`, real: true, contexts };
  }
  const attributes = new Set(flagSets.flatMap((flagSet) => [...attributesSplitBy(flagSet)]));
  const contexts = Array.from({ length: MADE_UP }, (_, index) => {
    const context: Record<string, string> = { targetingKey: `user-${index}` };
    for (const name of attributes) context[name] ??= `${name}-${index}`;
    return context;
  });
  return madeUp(contexts);
}

/** Those that so many flags are tried on: of made-up users fewer, where there are many flags. */
export function sampleFor(flags: number, population: Population): Population {
  if (population.real || flags <= MANY_FLAGS) return population;
  return madeUp(population.contexts.slice(0, FEW));
}

function madeUp(contexts: readonly EvaluationContext[]): Population {
  return { name: `${contexts.length.toLocaleString("en")} made-up users`, real: false, contexts };
}

/** The names of the attributes that rules split by, but for those inside of objects. */
function* attributesSplitBy({ flags, $evaluators = {} }: FlagSet): Iterable<string> {
  const rules = [...Object.values(flags).map(({ targeting = null }) => targeting), $evaluators];
  for (const rule of rules) {
    for (const { operator, argument } of partsOf(rule, "")) {
      const unit = Array.isArray(argument) ? argument[0] : undefined;
      if (operator === "fractional" && !Array.isArray(unit)) yield* attributesIn(unit ?? null);
    }
  }
}

function* attributesIn(rule: Parameters<typeof partsOf>[0]): Iterable<string> {
  for (const { operator, argument } of partsOf(rule, "")) {
    const [name] = [argument].flat();
    if (operator === "var" && typeof name === "string" && /^[^.$]+$/.test(name)) yield name;
  }
}
