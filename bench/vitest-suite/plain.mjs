import { expect, test } from "vitest";
import { read } from "./flags.mjs";

for (let index = 0; index < 3000; index++) {
  test(`test ${index}`, async () => {
    await null;
    expect(read()).toEqual([false, false]);
  });
}
