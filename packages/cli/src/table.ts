import Table from "cli-table3";
import { oneLine } from "./one-line.js";

/**
 * A table without lines, for terminals and for pipes.
 *
 * @param styled how the first column is shown, such as bold. `@default` as the others
 */
export function tableOf(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  styled = (text: string): string => text,
): string {
  const table = new Table({
    chars: { ...noLines, middle: "  " },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  table.push(
    [...head],
    ...rows.map((row) => {
      const [first = "", ...others] = row.map(oneLine);
      return [styled(first), ...others];
    }),
  );
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

const noLines = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
};
