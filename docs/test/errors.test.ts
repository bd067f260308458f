import { readFileSync } from "node:fs";
import { errorTable } from "@burgee/core";
import { expect, test } from "vitest";

test("the page of errors names the codes and remedies of the table, in its order", () => {
  const page = readFileSync(new URL("../reference/errors.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (.+) \|$/gm)].map(([, ...row]) => row);
  expect(rows).toEqual(Object.entries(errorTable));
});
