import { flagTest } from "@burgee/vitest";
import { expect } from "vitest";
import { read } from "./flags.mjs";

for (let index = 0; index < 3000; index++) {
  flagTest(`test ${index}`, { flags: { "flag-1": "on" } }, async () => {
    await null;
    expect(read()).toEqual([true, false]);
  });
}
