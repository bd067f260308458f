import { expect, test } from "vitest";
import { runVitest } from "./run-vitest.js";

test("the report says which flags were read, in which variants, by which tests, and fails for an untested one", async () => {
  const { exitCode, output } = await runVitest("shop", "vitest.report.config.ts");
  expect(output).toMatch(/Tests {2}3 passed/);
  expect(output).toContain(`
 Flags: 2 of 3 were read by tests
   gift-cards: read by no test
   new-checkout
     off  never tested
     on   checkout.spec.ts > a basket costs what is in it · checkout.spec.ts > an empty basket costs nothing
   search-ranking
     bm25    checkout.spec.ts > a search finds what it was asked for
     hybrid  never tested
`);
  expect(output).toContain(
    "Never tested, though the flag is read: new-checkout=off, search-ranking=hybrid",
  );
  expect(exitCode).toBe(1);
}, 60_000);

test("over both projects of flagProjects each variant is tested", async () => {
  const { output } = await runVitest("shop", "vitest.flags.config.ts");
  expect(output).toContain(
    "hybrid  [flags on] checkout.spec.ts > a search finds what it was asked for",
  );
  expect(output).not.toContain("Never tested");
}, 60_000);

test("a run that notes nothing is not taken for one where all is tested: it says what is missing", async () => {
  const { exitCode, output } = await runVitest("shop", "vitest.bare.config.ts");
  expect(output).toContain('Has the project setupFiles: ["@burgee/vitest/setup"]?');
  expect(exitCode).toBe(1);
}, 60_000);
