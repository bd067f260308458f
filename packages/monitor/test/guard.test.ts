import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BurgeeError,
  type FlagStore,
  readHold,
  resumeFlag,
  writeHold,
  writeRule,
} from "@burgee/core";
import { createMonitor } from "@burgee/monitor";
import { fileStore } from "@burgee/stores/file";
import { memoryStore } from "@burgee/stores/memory";
import { expect, onTestFinished, test } from "vitest";
import { guarded, newCheckout, type Read, withCheckout } from "./guard/guarded.js";
import { seeded } from "./guard/seeded.js";

const BAD = { on: 0.2, off: 0.01 };
const GOOD = { on: 0.02, off: 0.02 };

test("a bad variant trips, and everybody gets the safe one", async () => {
  const { guard, bucket, buckets, flags, flag } = await guarded();
  await bucket(100, GOOD);
  await buckets(50, 100, BAD);
  if (guard.state === "warning") await buckets(50, 100, BAD);
  expect(guard.state).toBe("tripped");
  expect(readHold(await flag())).toMatchObject({ kind: "guard", held: "off", epoch: 0 });
  for (let user = 0; user < 100; user++) {
    expect(flags.scope({ targetingKey: `user-${user}` }).get("new-checkout")).toBe(false);
  }
});

test("a trip is one audit entry of kind guard, with its evidence and the last failed traces", async () => {
  let traces = 0;
  const { until, events, entries } = await guarded({
    traceId: () => `trace-${++traces}`,
  });
  await until("tripped", BAD);
  const [entry, ...others] = await entries();
  expect(others).toEqual([]);
  expect(entry).toMatchObject({ kind: "guard", actor: "guard" });
  expect(entry?.reason).toMatch(
    /^new-checkout=on fails more often than off: E \S+, and 100 is enough\. on: \d+ of \d+ failed, of \d+ different units\. off: \d+ of \d+ failed, of \d+ different units\. Traces: (trace-\d+, ){4}trace-\d+\.$/,
  );
  const trip = events.find(({ type }) => type === "tripped");
  expect(trip).toMatchObject({ state: "tripped", entry, evidence: { treatment: "on" } });
  expect(trip?.evidence?.e).toBeGreaterThan(100);
});

test("a healthy variant does not trip over many buckets", async () => {
  const { guard, bucket, entries } = await guarded();
  for (let count = 0; count < 300; count++) await bucket(60, GOOD);
  expect(guard.state).toBe("armed");
  expect(await entries()).toEqual([]);
}, 20_000);

test("an incident of both sides does not trip", async () => {
  const { guard, bucket } = await guarded({ definition: newCheckout(5) });
  for (let count = 0; count < 30; count++) await bucket(60, GOOD);
  for (let count = 0; count < 30; count++) await bucket(60, { on: 0.7, off: 0.7 });
  expect(guard.state).toBe("armed");
});

test("one user who fails all the time does not trip", async () => {
  const { guard, flags, clock, bucket } = await guarded();
  for (let count = 0; count < 30; count++) {
    for (let request = 0; request < 50; request++) {
      const scope = flags.scope({ targetingKey: "user-1" });
      if (scope.get("new-checkout")) scope.fail(new TypeError("no total"));
      scope.settle();
    }
    await bucket(30, { on: 0, off: 0 });
  }
  expect(clock.now).toBeGreaterThan(0);
  expect(guard.state).toBe("armed");
  const [evidence] = guard.evidence;
  expect(evidence?.counts.treatment).toMatchObject({ errors: 1500, errorUnits: 1 });
});

test("behind a gate nothing is compared: the guard notifies, saying why, once", async () => {
  const { guard, bucket, events, entries } = await guarded();
  const gate = { on: 0.02, off: 0 };
  for (let count = 0; count < 50; count++) {
    await bucket(100, gate, (scope) => (scope.gate("new-checkout") ? "on" : "off"));
  }
  expect(guard.state).toBe("armed");
  expect(events.map(({ type, reason }) => [type, reason])).toEqual([
    ["notify", expect.stringContaining("answered by a gate")],
  ]);
  expect(await entries()).toEqual([]);
});

test("one gated read of the flag ends the comparison, also what was compared before", async () => {
  const { guard, bucket } = await guarded();
  await bucket(200, { on: 0.04, off: 0.01 });
  expect(guard.evidence[0]?.against).toBe("control");
  await bucket(1, GOOD, (scope) => (scope.gate("new-checkout") ? "on" : "off"));
  for (let count = 0; count < 10; count++) await bucket(200, BAD);
  expect(guard.state).toBe("armed");
  expect(guard.evidence[0]?.e).toBe(1);
});

test("behind a gate a variant is tested against the slo, and trips where it fails more often", async () => {
  const read = (scope: { gate(key: "new-checkout"): boolean }) =>
    scope.gate("new-checkout") ? "on" : "off";
  const healthy = await guarded({ slo: 0.02 });
  for (let count = 0; count < 100; count++) await healthy.bucket(60, { on: 0.015, off: 0 }, read);
  expect(healthy.guard.state).toBe("armed");
  const bad = await guarded({ slo: 0.02 });
  await bad.until("tripped", { on: 0.15, off: 0 }, read);
  expect(bad.events.at(-1)?.reason).toContain("more often than its slo allows");
});

test("where everybody has the treatment there is nothing to compare with", async () => {
  const { guard, bucket, events } = await guarded({ definition: newCheckout(100) });
  for (let count = 0; count < 5; count++) await bucket(100, BAD);
  expect(guard.state).toBe("armed");
  expect(events.map(({ reason }) => reason)).toEqual([
    expect.stringContaining("nothing to compare with"),
  ]);
});

test("what everybody has is tested against the slo", async () => {
  const { until, events } = await guarded({ definition: newCheckout(100), slo: 0.02 });
  await until("tripped", BAD);
  expect(events.at(-1)?.evidence).toMatchObject({ against: "slo", threshold: 200 });
});

/** Reads the flag, and loses half of the requests that get a variant. */
const losing = (lost: string): Read => {
  const random = seeded(7);
  return (scope) => {
    const { variant } = scope.details("new-checkout");
    return variant === lost && random() < 0.5 ? undefined : variant;
  };
};

test("more units with the treatment than its split should give are no evidence: nothing trips, and it is said why", async () => {
  const { guard, monitor, bucket, events, entries, flag } = await guarded();
  for (let count = 0; count < 50; count++) {
    await bucket(100, { on: 0.1, off: 0.1 }, losing("off"));
  }
  expect(guard.evidence[0]?.e).toBeGreaterThan(100); // of a variant that is no worse
  expect(monitor.snapshot().splits[0]?.pValue).toBeLessThan(0.0001);
  expect(guard.evidence[0]).toMatchObject({ sufficient: false, tested: false });
  expect(guard.state).toBe("warning");
  const reasons = events.map(({ type, reason }) => `${type} ${reason}`);
  expect(reasons).toEqual([
    expect.stringMatching(/^notify new-checkout=on: more units have it than its split should give/),
    expect.stringMatching(/^warning new-checkout=on .*\. But more units have it than its split/),
  ]);
  expect(await entries()).toEqual([]);
  expect(readHold(await flag())).toBeUndefined();
});

test("a bad variant whose requests get lost trips all the same", async () => {
  const { monitor, bucket, until } = await guarded();
  for (let count = 0; count < 20; count++) {
    await bucket(100, { on: 0, off: 0 }, losing("on"));
  }
  expect(monitor.snapshot().splits[0]?.pValue).toBeLessThan(0.0001);
  await until("tripped", BAD, losing("on"));
});

test("where its split is not fair a variant is tested against the slo", async () => {
  const { monitor, guard, bucket, until, events } = await guarded({ slo: 0.1 });
  for (let count = 0; count < 50; count++) {
    await bucket(100, { on: 0.01, off: 0.01 }, losing("off"));
  }
  expect(monitor.snapshot().splits[0]?.pValue).toBeLessThan(0.0001);
  expect(guard.state).toBe("armed");
  await until("tripped", BAD, losing("off"));
  expect(events.at(-1)?.evidence).toMatchObject({ against: "slo" });
});

test("a variant whose split is not fair hides no other that is bad", async () => {
  const random = seeded(7);
  const kept: Readonly<Record<string, number>> = { bm25: 0.4, hybrid: 1, vector: 0.3 };
  const { guard, buckets, events } = await guarded({ flag: "search-ranking" });
  const rates = { bm25: 0.1, hybrid: 0.1, vector: 0.3 };
  const read: Read = (scope) => {
    const { variant = "" } = scope.details("search-ranking");
    return random() < (kept[variant] ?? 0) ? variant : undefined;
  };
  await buckets(300, 100, rates, read); // until a ramp is held for the one
  expect(events.map(({ type }) => type)).toEqual(["notify", "warning"]);
  await buckets(300, 100, rates, read);
  expect(guard.state).toBe("tripped");
  expect(events.at(-1)?.evidence).toMatchObject({ treatment: "vector", sufficient: true });
  const [hybrid, vector] = guard.evidence;
  expect(hybrid?.e).toBeGreaterThan(vector?.e ?? 0);
});

test("overridden, pinned and reidentified scopes do not count", async () => {
  const { guard, flags, clock, bucket } = await guarded();
  const fail = (scope: ReturnType<typeof flags.scope>) => {
    scope.get("new-checkout");
    scope.fail(new TypeError("no total"));
    scope.settle();
  };
  for (let user = 0; user < 200; user++) {
    const overrides = { "new-checkout": "on" };
    fail(flags.scope({ targetingKey: `user-${user}` }, { overrides }));
    const reidentified = flags.scope({ targetingKey: `user-${user}` });
    reidentified.get("new-checkout");
    reidentified.identify({ targetingKey: "someone" });
    fail(reidentified);
  }
  const undo = flags.pin("new-checkout", "off", { until: clock.now + 1000, reason: "a test" });
  for (let user = 0; user < 200; user++) fail(flags.scope({ targetingKey: `user-${user}` }));
  undo();
  await bucket(0, GOOD);
  expect(guard.evidence[0]?.counts).toEqual({
    safe: { exposures: 0, errors: 0, errorUnits: 0 },
    treatment: { exposures: 0, errors: 0, errorUnits: 0 },
  });
});

test("a human's edit between the decision and the commit wins", async () => {
  const held = memoryStore(withCheckout(newCheckout(50)));
  let interfere = async () => {};
  const store: FlagStore = {
    ...held,
    async commit(change) {
      const meanwhile = interfere;
      interfere = async () => {};
      if (change.kind === "guard") await meanwhile();
      return await held.commit(change);
    },
  };
  const { buckets, edit, flag, entries, events, until } = await guarded({ store });
  interfere = async () => void (await edit((flag) => writeRule(flag, { fractional: [["on", 1]] })));
  await until("overridden", BAD);
  expect((await entries()).map(({ kind }) => kind)).toEqual(["manual"]);
  expect(readHold(await flag())).toBeUndefined();
  expect(events.at(-1)).toMatchObject({ type: "overridden" });
  await buckets(5, 100, BAD);
  expect(await entries()).toHaveLength(1);
});

test("a commit of another flag in between is decided on again, and the trip is made", async () => {
  const held = memoryStore(withCheckout(newCheckout(50)));
  let commits = 0;
  const store: FlagStore = {
    ...held,
    async commit(change) {
      if (change.kind === "guard" && commits++ === 0) {
        const expected = (await held.read()).id;
        const flags = { put: { "search-ranking": newCheckout(10) } };
        await held.commit({ expected, flags, actor: "ada", reason: "another", kind: "manual" });
      }
      return await held.commit(change);
    },
  };
  const { until, entries } = await guarded({ store });
  await until("tripped", BAD);
  expect((await entries()).map(({ kind }) => kind)).toEqual(["manual", "guard"]);
});

test("a trip that another instance was faster with is none of its own", async () => {
  const held = memoryStore(withCheckout(newCheckout(50)));
  const store: FlagStore = {
    ...held,
    async commit(change) {
      const other = { ...change, actor: "another guard" };
      if (change.kind === "guard") await held.commit(other);
      return await held.commit(change);
    },
  };
  const { monitor, until, entries, events } = await guarded({ store });
  await until("tripped", BAD);
  expect((await entries()).map(({ actor }) => actor)).toEqual(["another guard"]);
  expect(events.at(-1)?.entry).toBeUndefined();
  expect(monitor.snapshot().guards).toMatchObject([{ state: "tripped", trips: 0 }]);
});

test("of several guards that try, one writes", async () => {
  const store = memoryStore(withCheckout(newCheckout(50)));
  const instances = await Promise.all([1, 2, 3].map((seed) => guarded({ store, seed })));
  for (let count = 0; count < 50; count++) {
    await Promise.all(instances.map(({ bucket }) => bucket(100, BAD)));
  }
  expect(instances.map(({ guard }) => guard.state)).toEqual(["tripped", "tripped", "tripped"]);
  expect(await instances[0]?.entries()).toHaveLength(1);
});

test("a resume begins a new epoch: old evidence is gone, and nothing is written until it has cooled down", async () => {
  const { guard, until, bucket, edit, entries, events, clock, flag } = await guarded();
  await until("tripped", BAD);
  await bucket(100, BAD);
  expect(guard.state).toBe("tripped");
  await edit(resumeFlag, "resume");
  expect(guard.state).toBe("resumed");
  expect(guard.evidence[0]).toMatchObject({ e: 1, counts: { treatment: { exposures: 0 } } });
  for (let count = 0; count < 20; count++) await bucket(100, BAD);
  expect(guard.state).toBe("resumed");
  expect(events.at(-1)).toMatchObject({ type: "notify", state: "resumed" });
  expect(await entries()).toHaveLength(2);
  clock.now += 1_800_000;
  await guard.look();
  expect(guard.state).toBe("tripped");
  expect(readHold(await flag())?.epoch).toBe(1);
  await edit(resumeFlag, "resume");
  expect(events.at(-1)?.reason).toContain("3600 s");
});

test("what began before a resume and ends after it does not count", async () => {
  const { flags, guard, until, bucket, edit } = await guarded();
  const before = flags.scope({ targetingKey: "user-1" });
  before.get("new-checkout");
  await until("tripped", BAD);
  await edit(resumeFlag, "resume");
  before.settle();
  await bucket(0, GOOD);
  expect(guard.evidence[0]?.counts.safe.exposures).toBe(0);
  expect(guard.evidence[0]?.counts.treatment.exposures).toBe(0);
});

test("a flag that a person has stopped is theirs, until they resume it", async () => {
  const { guard, bucket, edit, entries } = await guarded();
  await bucket(100, GOOD);
  await edit((flag) => writeHold(flag, "kill", "off"), "kill");
  expect(guard.state).toBe("overridden");
  await bucket(100, BAD);
  expect(await entries()).toHaveLength(1);
  await edit(resumeFlag, "resume");
  expect(guard.state).toBe("resumed");
});

test("a tripped flag that is freed by hand stays as it is", async () => {
  const { guard, buckets, edit, entries, until } = await guarded();
  await until("tripped", BAD);
  await edit(() => newCheckout(50));
  expect(guard.state).toBe("overridden");
  for (let count = 0; count < 5; count++) await buckets(1, 100, BAD);
  expect(await entries()).toHaveLength(2);
});

test("an edit of the rule under the hold leaves it tripped", async () => {
  const { guard, until, edit } = await guarded();
  await until("tripped", BAD);
  await edit((flag) =>
    writeRule(flag, {
      fractional: [
        ["on", 1],
        ["off", 99],
      ],
    }),
  );
  expect(guard.state).toBe("tripped");
});

test("some evidence holds a ramp where it is, in an entry of its own", async () => {
  const start = Date.UTC(2025, 11, 31, 23) / 1000;
  const weight = { "/": [{ "-": [{ var: "$flagd.timestamp" }, start] }, 10] };
  const ramp = {
    ...newCheckout(0),
    targeting: {
      fractional: [
        ["on", weight],
        ["off", 400],
      ],
    },
  };
  const { guard, buckets, flag, entries } = await guarded({ definition: ramp });
  await buckets(500, 20, { on: 0.05, off: 0.01 });
  expect(guard.state).toBe("warning");
  const { kind, held, rule } = readHold(await flag()) ?? {};
  expect([kind, rule]).toEqual(["ramp", ramp.targeting]);
  expect(held).toMatchObject({
    fractional: [
      ["on", expect.any(Number)],
      ["off", 400],
    ],
  });
  await buckets(500, 100, BAD);
  expect(guard.state).toBe("tripped");
  expect((await entries()).map(({ kind }) => kind)).toEqual(["guard", "guard"]);
  expect(readHold(await flag())).toMatchObject({
    kind: "guard",
    held: "off",
    rule: ramp.targeting,
  });
}, 20_000);

test("a guard that only notifies writes nothing", async () => {
  const { guard, bucket, entries, events } = await guarded({ action: "notify" });
  for (let count = 0; count < 30; count++) await bucket(100, BAD);
  expect(guard.state).toBe("warning");
  expect(events.filter(({ type }) => type === "notify")).toHaveLength(1);
  expect(await entries()).toEqual([]);
});

test("a guard that only holds keeps the rule as it is", async () => {
  const { until, flag } = await guarded({ action: "hold" });
  await until("tripped", BAD);
  const { targeting } = newCheckout(50);
  expect(readHold(await flag())).toMatchObject({ kind: "ramp", held: targeting, rule: targeting });
});

test("too few exposures or failed units do nothing but hold a ramp", async () => {
  const { guard, bucket, entries } = await guarded({ minErrorUnits: 1000 });
  for (let count = 0; count < 20; count++) await bucket(100, BAD);
  expect(guard.state).toBe("warning");
  expect(await entries()).toEqual([]);
  const ignoring = await guarded({ minErrorUnits: 1000, onInsufficientData: "ignore" });
  for (let count = 0; count < 20; count++) await ignoring.bucket(100, BAD);
  expect(ignoring.guard.state).toBe("armed");
});

test("its window over, a guard is completed", async () => {
  const { guard, bucket, clock, entries } = await guarded({ window: "1h" });
  await bucket(100, GOOD);
  clock.now += 3_600_000;
  await guard.look();
  expect(guard.state).toBe("completed");
  for (let count = 0; count < 10; count++) await bucket(100, BAD);
  expect(await entries()).toEqual([]);
});

test("of several variants each is tested, and the worst trips for all", async () => {
  const { monitor, store, bucket, clock } = await guarded();
  const guard = monitor.guard({ flag: "search-ranking" });
  while (guard.state !== "tripped" && clock.now < Date.UTC(2026, 0, 2)) {
    await bucket(200, { vector: 0.2, hybrid: 0.01, bm25: 0.01 }, (scope) =>
      scope.get("search-ranking"),
    );
    await guard.look();
  }
  expect(guard.evidence.map(({ treatment, threshold }) => [treatment, threshold])).toEqual([
    ["hybrid", 200],
    ["vector", 200],
  ]);
  const { flagSet } = await store.read();
  expect(readHold(flagSet.flags["search-ranking"] as never)?.held).toBe("bm25");
});

test("while its store is gone a guard pins the safe variant in its own process, and writes when it is back", async () => {
  const held = memoryStore(withCheckout(newCheckout(50)));
  let gone = true;
  const store: FlagStore = {
    ...held,
    async commit(change) {
      if (gone) throw new BurgeeError("SOURCE_UNAVAILABLE", "It is gone.");
      return await held.commit(change);
    },
  };
  const { guard, bucket, flags, clock, events, entries } = await guarded({ store });
  while (!events.some(({ type }) => type === "pinned")) await bucket(20, { on: 0.05, off: 0.01 });
  expect(guard.evidence[0]?.e).toBeGreaterThan(200); // alpha / 2
  expect(flags.health.pins).toMatchObject([{ flag: "new-checkout", variant: "off" }]);
  for (let count = 0; count < 20; count++) await bucket(10, BAD);
  expect(flags.health.pins?.[0]?.until).toBeLessThanOrEqual(clock.now + 60_000);
  for (let user = 0; user < 50; user++) {
    expect(flags.scope({ targetingKey: `user-${user}` }).get("new-checkout")).toBe(false);
  }
  expect(await entries()).toEqual([]);
  gone = false;
  await bucket(10, BAD);
  expect(guard.state).toBe("tripped");
  expect(await entries()).toHaveLength(1);
  expect(flags.health.pins).toEqual([]);
  expect(flags.scope({ targetingKey: "user-1" }).get("new-checkout")).toBe(false);
});

test("over a file, a trip is in the file and in its history", async () => {
  const folder = await mkdtemp(join(tmpdir(), "burgee-guard-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "flags.json");
  await writeFile(path, JSON.stringify(withCheckout(newCheckout(50))));
  const { until, flag, flags, entries } = await guarded({ store: fileStore(path) });
  await until("tripped", BAD);
  expect(readHold(await flag())).toMatchObject({ kind: "guard", held: "off" });
  expect((await entries()).map(({ kind }) => kind)).toEqual(["seed", "guard"]);
  expect(flags.scope({ targetingKey: "user-1" }).get("new-checkout")).toBe(false);
});

test("a guard that was closed counts and writes nothing more", async () => {
  const { guard, bucket, entries } = await guarded();
  guard.close();
  for (let count = 0; count < 20; count++) await bucket(100, BAD);
  expect(guard.evidence[0]?.counts.treatment.exposures).toBe(0);
  expect(await entries()).toEqual([]);
});

test("a listener that throws hurts nobody", async () => {
  const { guard, until } = await guarded();
  const warn = console.warn;
  onTestFinished(() => {
    console.warn = warn;
  });
  console.warn = () => {};
  guard.observe(() => {
    throw new Error("a bad listener");
  });
  await until("tripped", BAD);
});

test.each([
  [{ flag: "no-such-flag" }, "a flag that is defined in code"],
  [{ safe: "none" }, "one of its variants as safe"],
  [{ treatment: "off" }, "other variants than the safe one"],
  [{ alpha: 0 }, "an alpha between 0 and 1"],
  [{ tolerated: 0.5 }, "a tolerated ratio of 1 or more"],
  [{ slo: 0.5 }, "an slo between 0 and 0.5"],
  [{ window: "1s", bucket: "2s" }, "a bucket no longer than the window"],
  [{ action: "panic" }, "rollback, hold or notify"],
])("a policy that makes no sense is refused: %j", async (policy, what) => {
  const { monitor } = await guarded();
  expect(() => monitor.guard({ flag: "new-checkout", ...policy } as never)).toThrow(what);
});

test("without a store a guard can only notify", async () => {
  const { flags } = await guarded();
  const monitor = createMonitor(flags);
  onTestFinished(() => monitor.close());
  expect(() => monitor.guard({ flag: "new-checkout" })).toThrow(/needs a store.*INVALID_OPTIONS/s);
  expect(monitor.guard({ flag: "new-checkout", action: "notify" }).state).toBe("armed");
});
