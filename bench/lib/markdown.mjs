/**
 * A table in Markdown; its first row is the heads, and what is not in the first column is set right.
 *
 * @param {(string | number | undefined)[][]} rows
 */
export function markdownTable([heads, ...rows]) {
  const line = (cells) => `| ${cells.map(textOf).join(" | ")} |`;
  const rule = `|${heads.map((_, column) => (column === 0 ? "---" : "--:")).join("|")}|`;
  return [line(heads), rule, ...rows.map(line)].join("\n");
}

/** A figure to three digits, or to the whole number where that is more. */
function textOf(cell) {
  if (typeof cell !== "number") return cell ?? "";
  const digits = Math.abs(cell) >= 1000 ? {} : { minimumSignificantDigits: 3 };
  const exact = Math.abs(cell) >= 1000 ? Math.round(cell) : Number(cell.toPrecision(3));
  return cell === 0 ? "0" : exact.toLocaleString("en", digits);
}
