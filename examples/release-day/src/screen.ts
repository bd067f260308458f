import { type Cell, type MonitorSnapshot, quantile } from "@burgee/monitor";

/** One line for one second: what each variant of a flag did in it. */
export function secondLine(
  second: number,
  act: string,
  flag: string,
  { cells }: MonitorSnapshot,
): string {
  const variants = ["off", "on"].map((variant) => {
    const read = cells.filter((cell) => cell.flag === flag && cell.variant === variant);
    return `${variant.padEnd(3)} ${read.length === 0 ? "–".padEnd(38) : figures(read)}`;
  });
  return [`${String(second).padStart(3)} s  ${act.padEnd(11)}`, ...variants].join(" │ ");
}

/** One variant's figures, whichever splits decided it. */
function figures(cells: readonly Cell[]): string {
  const requests = total(cells.map(({ exposures }) => exposures));
  const rate = (100 * errorsOf(cells)) / requests;
  const durations = cells.reduce<number[]>(
    (sums, cell) => cell.durations.map((count, bucket) => count + (sums[bucket] ?? 0)),
    [],
  );
  const p95 = 1000 * (quantile(durations, 0.95) ?? 0);
  return [
    `${String(requests).padStart(4)} requests`,
    `${rate.toFixed(1).padStart(5)} % errors`,
    `p95 ${String(Math.round(p95)).padStart(4)} ms`,
  ].join("  ");
}

/** How many requests of these cells failed. */
export function errorsOf(cells: readonly Cell[]): number {
  return total(cells.flatMap(({ errors }) => Object.values(errors)));
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
