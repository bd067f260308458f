/** A variant for each flag, by key. */
export type Combination = Readonly<Record<string, string>>;

/** The variants to try of each flag, by key. */
export type Lists = Readonly<Record<string, readonly string[]>>;

/** How many combinations there are. */
export function countProduct(lists: Lists): number {
  return Object.values(lists).reduce((count, { length }) => count * length, 1);
}

/** Every combination there is. */
export function product(lists: Lists): readonly Combination[] {
  return Object.entries(lists).reduce<Combination[]>(
    (combinations, [key, variants]) =>
      combinations.flatMap((one) => variants.map((variant) => ({ ...one, [key]: variant }))),
    [{}],
  );
}

/**
 * Few combinations, in which every two variants of different flags still meet at least once: most
 * faults of interaction are between two. They are found greedily, flag by flag (In-Parameter-Order: Lei
 * and Tai, "In-parameter-order: a test generation strategy for pairwise testing", HASE 1998), so that
 * the same lists always give the same ones.
 */
export function pairwise(lists: Lists): readonly Combination[] {
  const [first, second, ...others] = Object.entries(lists);
  if (first === undefined || second === undefined) return product(lists);
  let done: readonly Entry[] = [first, second];
  let rows: Row[] = product(Object.fromEntries(done)).map((row) => ({ ...row }));
  for (const entry of others) {
    rows = add(rows, entry, done);
    done = [...done, entry];
  }
  return rows.map((row) =>
    Object.fromEntries(done.map(([key, [any = ""]]) => [key, row[key] ?? any])),
  );
}

type Entry = readonly [key: string, variants: readonly string[]];

/** A combination of the flags so far; where it has none, any variant does. */
type Row = Record<string, string>;

/** Rows in which the variants of one more flag meet those of all before. */
function add(rows: readonly Row[], [key, variants]: Entry, done: readonly Entry[]): Row[] {
  const missing = new Set(
    done.flatMap(([other, names]) =>
      names.flatMap((name) => variants.map((variant) => pairOf(other, name, variant))),
    ),
  );
  const met = (row: Row, variant: string) =>
    done
      .flatMap(([other]) => (row[other] === undefined ? [] : pairOf(other, row[other], variant)))
      .filter((pair) => missing.has(pair));

  const grown = rows.map((row) => {
    const [best] = variants
      .map((variant) => ({ variant, pairs: met(row, variant) }))
      .sort((one, other) => other.pairs.length - one.pairs.length);
    for (const pair of best?.pairs ?? []) missing.delete(pair);
    return best === undefined ? row : { ...row, [key]: best.variant };
  });
  for (const pair of missing) {
    const [other, name, variant] = JSON.parse(pair) as [string, string, string];
    const free = grown.find((row) => row[key] === variant && row[other] === undefined);
    if (free === undefined) grown.push({ [other]: name, [key]: variant });
    else free[other] = name;
  }
  return grown;
}

function pairOf(other: string, name: string, variant: string): string {
  return JSON.stringify([other, name, variant]);
}
