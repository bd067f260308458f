import { resumeFlag } from "@burgee/core";
import { between } from "@burgee/monitor";
import { memoryStore } from "@burgee/stores/memory";
import { expect, test } from "vitest";
import { guarded, newCheckout, withCheckout } from "./guarded.js";

const BAD = { on: 0.2, off: 0.01 };

test("of every variant under guard it is told where it stands, before anything has happened", async () => {
  const { monitor } = await guarded();
  monitor.guard({ flag: "search-ranking" });
  const known = { state: "armed", e: 1, logE: 0, trips: 0 };
  expect(monitor.snapshot().guards).toEqual([
    { flag: "new-checkout", variant: "on", threshold: 100, ...known },
    { flag: "search-ranking", variant: "hybrid", threshold: 200, ...known },
    { flag: "search-ranking", variant: "vector", threshold: 200, ...known },
  ]);
});

test("a flag without a guard is not told of", async () => {
  const { monitor, bucket } = await guarded();
  await bucket(10, BAD, (scope) => scope.get("search-ranking"));
  expect(monitor.snapshot().guards.map(({ flag }) => flag)).toEqual(["new-checkout"]);
});

test("trips are counted over epochs, and evidence within one", async () => {
  const { monitor, guard, clock, until, edit } = await guarded();
  await until("tripped", BAD);
  const [tripped] = monitor.snapshot().guards;
  expect(tripped).toMatchObject({ state: "tripped", trips: 1, e: guard.evidence[0]?.e });
  expect(tripped?.e).toBeGreaterThan(100);
  expect(tripped?.logE).toBeCloseTo(Math.log(tripped?.e ?? 0));
  await edit(resumeFlag, "resume");
  expect(monitor.snapshot().guards).toMatchObject([{ state: "resumed", trips: 1, e: 1 }]);
  clock.now += 1_800_000;
  await until("tripped", BAD);
  expect(monitor.snapshot().guards).toMatchObject([{ state: "tripped", trips: 2 }]);
});

test("of several instances the one that has written counts the trip", async () => {
  const store = memoryStore(withCheckout(newCheckout(50)));
  const instances = await Promise.all([1, 2, 3].map((seed) => guarded({ store, seed })));
  for (let count = 0; count < 50; count++) {
    await Promise.all(instances.map(({ bucket }) => bucket(100, BAD)));
  }
  const told = instances.flatMap(({ monitor }) => monitor.snapshot().guards);
  expect(told.map(({ state }) => state)).toEqual(["tripped", "tripped", "tripped"]);
  expect(told.map(({ trips }) => trips).sort()).toEqual([0, 0, 1]);
});

test("a guard that only notifies has trips of none", async () => {
  const { monitor, bucket } = await guarded({ action: "notify" });
  for (let count = 0; count < 30; count++) await bucket(100, BAD);
  expect(monitor.snapshot().guards).toMatchObject([{ state: "warning", trips: 0 }]);
});

test("a new guard of a variant takes the place of the one before, whose trips stay", async () => {
  const { monitor, guard, until } = await guarded();
  await until("tripped", BAD);
  guard.close();
  monitor.guard({ flag: "new-checkout", alpha: 0.1 });
  expect(monitor.snapshot().guards).toMatchObject([{ threshold: 10, e: 1, trips: 1 }]);
});

test("between two snapshots are the trips since the first, and the evidence at the second", async () => {
  const { monitor, until } = await guarded();
  const before = monitor.snapshot();
  await until("tripped", BAD);
  const after = monitor.snapshot();
  expect(between(before, after).guards).toEqual(after.guards);
  expect(between(after, monitor.snapshot()).guards).toMatchObject([
    { state: "tripped", trips: 0, e: after.guards[0]?.e },
  ]);
});
