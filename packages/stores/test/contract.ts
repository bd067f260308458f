import type { FlagSet, FlagSource } from "@burgee/core";
import { expect, test } from "vitest";
import { listen } from "./events.js";
import { flagSetWith } from "./flag-set-with.js";

/** A source under test, and how its flag set is changed from outside. */
export interface Subject {
  readonly source: FlagSource;
  change(flagSet: FlagSet): Promise<void>;
}

/** What every source does. */
export function testSource(subjectWith: (flagSet: FlagSet) => Promise<Subject>): void {
  test("tells the revision it holds, and each later one", async () => {
    const { source, change } = await subjectWith(flagSetWith("off"));
    const told = listen(source);
    await told.until(() => told.revisions.length === 1);
    await change(flagSetWith("on"));
    await told.until(() => told.revisions.length === 2);
    told.stop();
    expect(told.revisions.map(({ flagSet }) => flagSet.flags)).toEqual([
      flagSetWith("off").flags,
      flagSetWith("on").flags,
    ]);
    expect(told.revisions[0]?.id).not.toBe(told.revisions[1]?.id);
    expect(told.problems).toEqual([]);
  });

  test("tells every subscriber, and a late one at once", async () => {
    const { source } = await subjectWith(flagSetWith("off"));
    const early = listen(source);
    await early.until(() => early.revisions.length === 1);
    const late = listen(source);
    expect(late.revisions).toEqual(early.revisions);
    early.stop();
    late.stop();
  });

  test("tells nothing to those who left, and begins again with the next subscriber", async () => {
    const { source, change } = await subjectWith(flagSetWith("off"));
    const gone = listen(source);
    await gone.until(() => gone.revisions.length === 1);
    gone.stop();
    await change(flagSetWith("on"));
    const next = listen(source);
    await next.until(
      () => next.revisions.at(-1)?.flagSet.flags["new-checkout"]?.defaultVariant === "on",
    );
    next.stop();
    expect(gone.revisions).toHaveLength(1);
  });
}
