import { BurgeeError, type Definition } from "@burgee/core";
import type { PageCodes } from "@burgee/core/signed";

/**
 * The codes of all combinations of a group's variants, unless they are too many: that is known before
 * any of them is made.
 *
 * @throws BurgeeError `TOO_MANY_PERMUTATIONS`, with the flags to take out; `INVALID_OPTIONS`,
 * `INVALID_SECRET`
 */
export async function permutationsOf(
  group: string,
  codes: PageCodes,
  max: number,
): Promise<{ code: string }[]> {
  if (!Number.isInteger(max) || max < 1) {
    const what = `permutations() of group ${JSON.stringify(group)} needs a whole number for max, not ${max}.`;
    throw new BurgeeError("INVALID_OPTIONS", what);
  }
  if (codes.count > BigInt(max)) {
    const what = `Group ${JSON.stringify(group)} has ${codes.count} permutations, more than the ${max} that are allowed. ${advice(codes, BigInt(max))}`;
    throw new BurgeeError("TOO_MANY_PERMUTATIONS", what);
  }
  const all = combine([...codes.definitions]);
  return Promise.all(all.map(async (variants) => ({ code: await codes.sign(variants) })));
}

/** Which flags to take out: those with the most variants first. */
function advice({ definitions, count }: PageCodes, max: bigint): string {
  const flags = [...definitions]
    .map(([key, { variants }]) => ({ key, size: Object.keys(variants).length }))
    .sort((a, b) => b.size - a.size);
  const out: string[] = [];
  let left = count;
  const steps = flags.map(({ key, size }) => {
    out.push(JSON.stringify(key));
    left /= BigInt(size);
    return { left, without: out.join(", "), size };
  });
  const [first] = steps;
  const enough = steps.find((step) => step.left <= max);
  const one = `Without ${first?.without}, of ${first?.size} variants, ${first?.left} remain`;
  return first === enough ? `${one}.` : `${one}; without ${enough?.without}, ${enough?.left}.`;
}

function combine(
  flags: readonly (readonly [string, Definition])[],
): Readonly<Record<string, string>>[] {
  let all: (readonly (readonly [string, string])[])[] = [[]];
  for (const [key, { variants }] of flags) {
    const names = Object.keys(variants);
    all = all.flatMap((chosen) => names.map((name) => [...chosen, [key, name] as const]));
  }
  return all.map((chosen) => Object.fromEntries(chosen));
}
