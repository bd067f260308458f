import type { Cell } from "./cell.js";
import { quantile } from "./histogram.js";
import type { MonitorSnapshot } from "./snapshot.js";

const HEADER = [
  "flag",
  "variant",
  "split",
  "requests",
  "errors",
  "error rate",
  "p95",
  "error types",
];

/** The columns of numbers, which stand to the right. */
const NUMBERS = { first: 3, last: 6 };

/** How many error types a row names. */
const NAMED = 3;

/**
 * A snapshot as a table of text: a row for each cell, with its error rate and its 95th percentile.
 * What browsers report is not in it: nobody knows of how many pages it is a part. Where there are
 * cells that cannot be compared, a last column says why.
 *
 * @example
 * ```ts
 * import { formatTable, type Monitor } from "@burgee/monitor";
 *
 * export const show = (monitor: Monitor) => console.log(formatTable(monitor.snapshot()));
 * // flag          variant  split                 requests  errors  error rate    p95  error types
 * // new-checkout  off      /fractional#3c887dda       349       0       0.0 %  24 ms
 * // new-checkout  on       /fractional#3c887dda       359      18       5.0 %  24 ms  PaymentMismatch 18
 * ```
 */
export function formatTable({ cells }: Pick<MonitorSnapshot, "cells">): string {
  const header = cells.some(({ mark }) => mark !== undefined)
    ? [...HEADER, "not compared"]
    : HEADER;
  const rows = [header, ...[...cells].sort(byName).map(row)];
  const widths = header.map((_, column) =>
    Math.max(...rows.map((texts) => texts[column]?.length ?? 0)),
  );
  return rows
    .map((texts) =>
      texts
        .map((text, column) => {
          const width = widths[column] as number;
          const number = column >= NUMBERS.first && column <= NUMBERS.last;
          return number ? text.padStart(width) : text.padEnd(width);
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function row(cell: Cell): string[] {
  const errors = Object.entries(cell.errors).sort(([, a], [, b]) => b - a);
  const failed = errors.reduce((sum, [, count]) => sum + count, 0);
  const p95 = quantile(cell.durations, 0.95);
  return [
    cell.flag,
    cell.variant,
    cell.split ?? "–",
    String(cell.exposures),
    String(failed),
    `${((100 * failed) / cell.exposures).toFixed(1)} %`,
    p95 === undefined ? "–" : `${Math.round(1000 * p95)} ms`,
    errors
      .slice(0, NAMED)
      .map((typeAndCount) => typeAndCount.join(" "))
      .join(", "),
    ...(cell.mark === undefined ? [] : [cell.mark]),
  ];
}

function byName(a: Cell, b: Cell): number {
  return nameOf(a) < nameOf(b) ? -1 : 1;
}

function nameOf({ flag, split, variant, mark }: Cell): string {
  return [flag, split, variant, mark].join("\0");
}
