import { BurgeeError, type FlagKey, type VariantName } from "@burgee/core";
import { aroundAll, aroundEach, describe } from "vitest";
import type { TestOverrides } from "./overrides.js";
import { type Combination, countProduct, type Lists, pairwise, product } from "./pairwise.js";
import { runInFrame } from "./run-in-frame.js";

/** How many combinations a suite may be run in. */
const MAX_COMBINATIONS = 100;

/** The variants to try of each flag. */
export type FlagMatrix = { readonly [Key in FlagKey]?: readonly VariantName<Key>[] };

/** One of a matrix's combinations. */
export type MatrixCombination<Matrix extends FlagMatrix> = {
  readonly [Key in keyof Matrix]: Matrix[Key] extends readonly (infer Variant)[] ? Variant : never;
};

/** Options of {@link flagMatrix}. */
export interface FlagMatrixOptions {
  /**
   * Whether it is enough that every two variants of different flags meet once.
   *
   * @default true from three flags on; of two it is every combination
   */
  readonly pairwise?: boolean;
}

/**
 * Runs a suite once for each combination of variants, which the suite's name in the report says. Flags
 * that are not in the matrix are as the rules say.
 *
 * @throws BurgeeError `TOO_MANY_COMBINATIONS` for more than 100; `INVALID_OPTIONS` for a flag without
 * variants
 *
 * @example
 * ```ts
 * import { flagMatrix } from "@burgee/vitest";
 * import { expect, test } from "vitest";
 *
 * const matrix = { "new-checkout": ["on", "off"], "search-ranking": ["bm25", "hybrid"] } as const;
 *
 * flagMatrix(matrix)("the shop", (combination) => {
 *   test("has a checkout", async () => {
 *     const page = await fetch("http://127.0.0.1:3000/checkout");
 *     expect(page.ok).toBe(combination["new-checkout"] === "on");
 *   });
 * });
 * ```
 */
export function flagMatrix<const Matrix extends FlagMatrix>(
  matrix: Matrix & { readonly [Extra in Exclude<keyof Matrix, FlagKey>]: never },
  options: FlagMatrixOptions = {},
): (name: string, suite: (combination: MatrixCombination<Matrix>) => void) => void {
  const combinations = combinationsOf(matrix as Lists, options);
  return (name, suite) => {
    for (const combination of combinations) {
      describe(`${name} (${textOf(combination)})`, () => {
        const overrides = combination as TestOverrides;
        aroundAll((run) => runInFrame(overrides, run, { shared: true }));
        aroundEach((run) => runInFrame({}, run));
        suite(combination as MatrixCombination<Matrix>);
      });
    }
  };
}

function combinationsOf(lists: Lists, options: FlagMatrixOptions): readonly Combination[] {
  const empty = Object.keys(lists).find((key) => (lists[key] ?? []).length === 0);
  if (empty !== undefined) {
    const what = `A matrix has no variants for the flag ${JSON.stringify(empty)}.`;
    throw new BurgeeError("INVALID_OPTIONS", what);
  }
  const { pairwise: inPairs = Object.keys(lists).length >= 3 } = options;
  const pairs = inPairs ? pairwise(lists) : undefined;
  const count = pairs?.length ?? countProduct(lists);
  if (count > MAX_COMBINATIONS) {
    const what = `A matrix has ${count} combinations; ${MAX_COMBINATIONS} are the most.`;
    throw new BurgeeError("TOO_MANY_COMBINATIONS", what);
  }
  return pairs ?? product(lists);
}

function textOf(combination: Combination): string {
  return Object.entries(combination)
    .map(([key, variant]) => `${key}=${variant}`)
    .join(", ");
}
