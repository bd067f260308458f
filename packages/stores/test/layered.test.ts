import {
  BurgeeError,
  createFlags,
  createRuleset,
  defineFlags,
  type FlagDefinition,
  type FlagSet,
  type Revision,
} from "@burgee/core";
import { envSource } from "@burgee/stores/env";
import { layeredSource } from "@burgee/stores/layered";
import { memoryStore } from "@burgee/stores/memory";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { testSource } from "./contract.js";
import { listen } from "./events.js";
import { flagSetWith } from "./flag-set-with.js";
import { sourceInHand } from "./source-in-hand.js";

afterEach(() => void vi.useRealTimers());

const gone = new BurgeeError("SOURCE_UNAVAILABLE", "It is gone.");

function flag(defaultVariant: "on" | "off"): FlagDefinition {
  return flagSetWith(defaultVariant).flags["new-checkout"] as FlagDefinition;
}

/** A revision of flags by key. */
function revision(id: string, flags: FlagSet["flags"], delta?: Revision["delta"]): Revision {
  return { id, flagSet: { flags }, ...(delta && { delta }) };
}

function variants(told: { readonly revisions: readonly Revision[] }) {
  const flags = Object.entries(told.revisions.at(-1)?.flagSet.flags ?? {});
  return Object.fromEntries(flags.map(([key, { defaultVariant }]) => [key, defaultVariant]));
}

describe("a source", () => {
  testSource(async (flagSet) => {
    const env: Record<string, string> = {};
    const environment = envSource({ env });
    const base = sourceInHand({ id: "1", flagSet });
    return {
      source: layeredSource(base, environment),
      async change(changed) {
        base.next({ id: "2", flagSet: changed });
      },
    };
  });
});

test("of a flag, a shared rule, an entry of metadata the last layer that has it wins", () => {
  const low = memoryStore({
    flags: { a: flag("off"), b: flag("off") },
    $evaluators: { x: { var: "low" }, y: { var: "low" } },
    metadata: { owner: "low", team: "low" },
  });
  const high = memoryStore({
    flags: { b: flag("on"), c: flag("on") },
    $evaluators: { y: { var: "high" } },
    metadata: { owner: "high" },
  });
  const told = listen(layeredSource(low, high));
  expect(told.revisions).toHaveLength(1);
  expect(told.revisions[0]?.flagSet).toEqual({
    flags: { a: flag("off"), b: flag("on"), c: flag("on") },
    $evaluators: { x: { var: "low" }, y: { var: "high" } },
    metadata: { owner: "high", team: "low" },
  });
  told.stop();
});

test("needs a source", () => {
  expect(() => layeredSource()).toThrow(/INVALID_OPTIONS/);
});

test("subscribes to no layer before the first subscriber, and to none after the last", () => {
  const layers = [sourceInHand(), sourceInHand()];
  const source = layeredSource(...layers);
  expect(layers.map(({ subscribers }) => subscribers)).toEqual([0, 0]);
  const told = [listen(source), listen(source)];
  expect(layers.map(({ subscribers }) => subscribers)).toEqual([1, 1]);
  for (const { stop } of told) stop();
  expect(layers.map(({ subscribers }) => subscribers)).toEqual([0, 0]);
});

test("a revision stays as it was, whatever comes later", () => {
  const low = sourceInHand(revision("1", { a: flag("off") }));
  const told = listen(layeredSource(low, memoryStore()));
  low.next(revision("2", { a: flag("on") }));
  expect(told.revisions.map(({ flagSet }) => flagSet.flags)).toEqual([
    { a: flag("off") },
    { a: flag("on") },
  ]);
});

test("the id is the same for the same revisions of the layers, and for no others", () => {
  const ids = [
    ["1", "2"],
    ["1", "2"],
    ["2", "1"],
    ['1","2', ""],
  ].map((layers) => {
    const told = listen(layeredSource(...layers.map((id) => sourceInHand(revision(id, {})))));
    return told.revisions[0]?.id;
  });
  expect(ids[0]).toBe(ids[1]);
  expect(new Set(ids).size).toBe(3);
});

describe("a delta of a layer", () => {
  const low = { kept: flag("off"), hidden: flag("off"), below: flag("off") };
  const high = { hidden: flag("on"), below: flag("on"), own: flag("on") };

  test.each<[string, 0 | 1, Partial<Revision["delta"] & object>, unknown]>([
    [
      "of the lower one is one of the whole, but for what is hidden",
      0,
      { flags: { put: { kept: flag("on"), hidden: flag("off") }, remove: ["below"] } },
      { put: { kept: flag("on") }, remove: [] },
    ],
    [
      "of the upper one uncovers what is below",
      1,
      { flags: { remove: ["below", "own"] } },
      { put: { below: flag("off") }, remove: ["own"] },
    ],
  ])("%s", (_, layer, delta, edits) => {
    const layers = [sourceInHand(revision("1", low)), sourceInHand(revision("1", high))] as const;
    const told = listen(layeredSource(...layers));
    const before = told.revisions[0] as Revision;
    const flagSet = createRuleset({ flags: [low, high][layer] ?? {} }).apply(delta).flagSet;
    layers[layer].next({ id: "2", flagSet, delta: { from: "1", ...delta } });
    const after = told.revisions[1] as Revision;
    expect(after.delta).toEqual({ from: before.id, flags: edits });
    expect(createRuleset(before.flagSet).apply(after.delta ?? {}).flagSet.flags).toEqual(
      after.flagSet.flags,
    );
  });

  test("that is of shared rules, or of a revision that is not held, is none of the whole", () => {
    const base = sourceInHand(revision("1", low));
    const told = listen(layeredSource(base, memoryStore()));
    const evaluators = { put: { x: { var: "x" } } };
    base.next({ id: "2", flagSet: { flags: low }, delta: { from: "1", evaluators } });
    base.next(revision("4", { kept: flag("on") }, { from: "3", flags: { remove: ["hidden"] } }));
    expect(told.revisions.map(({ delta }) => delta)).toEqual([undefined, undefined, undefined]);
    expect(variants(told)).toEqual({ kept: "on" });
  });

  test("makes what the layers hold, whatever is put in and taken out", () => {
    const key = fc.constantFrom("a", "b", "c", "__proto__");
    const variant = fc.constantFrom<"on" | "off">("on", "off");
    const step = fc.record({
      layer: fc.nat(2),
      put: fc.array(fc.tuple(key, variant)),
      remove: fc.array(key),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const layers = [0, 1, 2].map(() => sourceInHand(revision("0", {})));
        const held = layers.map(() => createRuleset({ flags: {} }));
        const told = listen(layeredSource(...layers));
        let followed = createRuleset(told.revisions[0]?.flagSet as FlagSet);
        for (const [index, { layer, put, remove }] of steps.entries()) {
          const flags = {
            put: Object.fromEntries(put.map(([key, variant]) => [key, flag(variant)])),
            remove: remove.filter((key) => !put.some(([other]) => other === key)),
          };
          const from = listen(layers[layer] as ReturnType<typeof sourceInHand>).revisions[0]?.id;
          held[layer] = held[layer]?.apply({ flags }) as (typeof held)[number];
          const { flagSet } = held[layer] as (typeof held)[number];
          layers[layer]?.next({
            id: String(index + 1),
            flagSet,
            delta: { from: from as string, flags },
          });
          const { delta } = told.revisions.at(-1) as Revision;
          expect(delta).toBeDefined();
          followed = followed.apply(delta ?? {});
        }
        const whole = Object.fromEntries(
          held.flatMap(({ flagSet }) => Object.entries(flagSet.flags)),
        );
        expect(Object.fromEntries(Object.entries(followed.flagSet.flags))).toEqual(whole);
        expect(told.revisions.at(-1)?.flagSet.flags).toEqual(whole);
        told.stop();
      }),
    );
  });
});

describe("a layer that is out", () => {
  test("keeps its last known part, and its problem is told with its name", () => {
    const remote = sourceInHand(revision("1", { a: flag("on") }));
    const source = layeredSource({ name: "remote", source: remote }, memoryStore());
    const told = listen(source);
    remote.problem(gone);
    expect(variants(told)).toEqual({ a: "on" });
    expect(told.problems).toMatchObject([{ code: "SOURCE_UNAVAILABLE", cause: gone }]);
    expect(told.problems[0]?.message).toMatch(/^Layer remote: It is gone\. \[SOURCE_UNAVAILABLE\]/);
    expect(told.problems[0]?.message.match(/SOURCE_UNAVAILABLE/g)).toHaveLength(1);
    expect(source.layers).toEqual([
      {
        name: "remote",
        status: "stale",
        revision: "1",
        age: expect.any(Number),
        problem: told.problems[0],
      },
      { name: "2", status: "ready", revision: "1", age: expect.any(Number) },
    ]);
    remote.current();
    expect(source.layers[0]).not.toHaveProperty("problem");
    expect(source.layers[0]?.status).toBe("ready");
  });

  const definitions = defineFlags({
    a: { default: false },
    b: { default: false, maxStaleness: "10m" },
  });

  /** Flags over two layers, at 1,000,000 ms. */
  function openOver(...layers: ReturnType<typeof sourceInHand>[]) {
    vi.useFakeTimers({ now: 1_000_000 });
    const flags = createFlags(definitions, { source: layeredSource(...layers) });
    flags.observe({ problem: () => {} });
    flags.scope({});
    return flags;
  }
  const read = (flags: ReturnType<typeof openOver>) => {
    const scope = flags.scope({});
    return [scope.get("a"), scope.get("b")];
  };

  test("is an outage that no other layer's word can hide or end", () => {
    const low = sourceInHand(revision("1", { a: flag("on"), b: flag("on") }));
    const high = sourceInHand(revision("1", {}));
    const flags = openOver(low, high);
    vi.advanceTimersByTime(300_000);
    high.current();
    low.problem(gone);
    expect(flags.health).toMatchObject({ status: "stale", age: 300_000 });
    vi.advanceTimersByTime(300_000);
    high.next(revision("2", { a: flag("off") }));
    expect(flags.health).toMatchObject({ status: "stale", age: 600_000 });
    expect(read(flags)).toEqual([false, true]);
    vi.advanceTimersByTime(1);
    high.current();
    expect(read(flags)).toEqual([false, false]);
    low.current();
    expect(flags.health).toMatchObject({ status: "ready", age: 0 });
    expect(read(flags)).toEqual([false, true]);
    flags.close();
  });

  test("is the outage's end only once every other one is back, too", () => {
    const low = sourceInHand(revision("1", { a: flag("on") }));
    const high = sourceInHand(revision("1", { b: flag("on") }));
    const flags = openOver(low, high);
    low.problem(gone);
    high.problem(gone);
    low.next(revision("2", { a: flag("off") }));
    expect(flags.health.status).toBe("stale");
    expect(read(flags)).toEqual([false, true]);
    high.next(revision("1", { b: flag("on") }));
    expect(flags.health.status).toBe("ready");
    flags.close();
  });

  test("and was never there is as old as can be: only flags without maxStaleness are served", () => {
    const low = sourceInHand(revision("1", { a: flag("on"), b: flag("on") }));
    const high = sourceInHand();
    const flags = openOver(low, high);
    high.problem(gone);
    expect(flags.health).toMatchObject({ status: "stale", age: Number.POSITIVE_INFINITY });
    expect(read(flags)).toEqual([true, false]);
    high.next(revision("1", {}));
    expect(read(flags)).toEqual([true, true]);
    expect(flags.health.status).toBe("ready");
    flags.close();
  });

  test("because its document is faulty is no outage", () => {
    const low = sourceInHand(revision("1", { a: flag("on") }));
    const high = sourceInHand(revision("1", { b: flag("on") }));
    const flags = openOver(low, high);
    high.problem(new BurgeeError("INVALID_FLAG_SET", "torn"));
    expect(flags.health.status).toBe("ready");
    expect(read(flags)).toEqual([true, true]);
    high.next({ id: "2", flagSet: { flags: [] } as unknown as FlagSet });
    expect(flags.health.status).toBe("ready");
    expect(read(flags)).toEqual([true, true]);
    flags.close();
  });

  test("and faulty from the start does not keep another layer's outage from ending", () => {
    const low = sourceInHand(revision("1", { a: flag("on") }));
    const high = sourceInHand();
    const flags = openOver(low, high);
    high.problem(new BurgeeError("INVALID_FLAG_SET", "torn"));
    low.problem(gone);
    expect(flags.health.status).toBe("stale");
    low.current();
    expect(flags.health.status).toBe("ready");
    flags.close();
  });
});

test("a layer whose document is faulty does not verify the whole", () => {
  const low = sourceInHand(revision("1", {}));
  const told = listen(layeredSource(low, memoryStore()));
  low.problem(new BurgeeError("INVALID_FLAG_SET", "torn"));
  expect([told.verified, told.problems.length]).toEqual([0, 1]);
  low.current();
  expect(told.verified).toBe(1);
});

test("a layer that says nothing holds up the others for a second", () => {
  vi.useFakeTimers();
  const source = layeredSource(memoryStore(flagSetWith("on")), sourceInHand());
  const told = listen(source);
  vi.advanceTimersByTime(999);
  expect([told.revisions, told.problems]).toEqual([[], []]);
  vi.advanceTimersByTime(1);
  expect(variants(told)).toEqual({ "new-checkout": "on" });
  expect(told.revisions[0]?.verifiedAt).toBe(Number.NEGATIVE_INFINITY);
  expect(told.problems[0]?.message).toMatch(/^Layer 2: .*nothing for 1000 ms/);
  expect(source.layers.map(({ status }) => status)).toEqual(["ready", "stale"]);
  told.stop();
});

test("where no layer has anything, what comes first serves at once", () => {
  const [low, high] = [sourceInHand(), sourceInHand()];
  const told = listen(layeredSource(low, high));
  low.problem(gone);
  high.problem(gone);
  expect(told.revisions).toEqual([]);
  high.next({ id: "1", flagSet: flagSetWith("on") });
  expect(variants(told)).toEqual({ "new-checkout": "on" });
  told.stop();
});

test("a layer that cannot be subscribed to is that layer's problem", () => {
  const broken = {
    subscribe() {
      throw new Error("no such file");
    },
  };
  const told = listen(layeredSource(memoryStore(flagSetWith("on")), broken));
  expect(variants(told)).toEqual({ "new-checkout": "on" });
  expect(told.problems[0]?.message).toMatch(/^Layer 2: no such file/);
});

test("subscribed to again, it waits for all its layers, and what is the same is verified", () => {
  const [low, high] = [sourceInHand(), sourceInHand(revision("1", { a: flag("on") }))];
  const source = layeredSource(low, high);
  const before = listen(source);
  low.next(revision("1", {}));
  before.stop();
  const after = listen(source);
  expect(after.revisions).toMatchObject([{ verifiedAt: expect.any(Number) }]);
  expect(after.verified).toBe(1);
  after.stop();
});

test("layers may be layered", () => {
  const low = sourceInHand(revision("1", { a: flag("off"), b: flag("off") }));
  const told = listen(
    layeredSource(layeredSource(low, memoryStore({ flags: { b: flag("on") } })), memoryStore()),
  );
  low.problem(gone);
  low.next(revision("2", { a: flag("on") }));
  expect(variants(told)).toEqual({ a: "on", b: "on" });
  expect(told.revisions.at(-1)?.verifiedAt).toBeUndefined();
  expect(told.problems[0]?.message).toMatch(/^Layer 1: Layer 1: It is gone\./);
});

test("an environment variable is laid over what a store says", () => {
  const definitions = defineFlags({ "new-checkout": { default: false } });
  const env = envSource({ definitions, env: { FLAG_NEW_CHECKOUT: "off" } });
  const told = listen(layeredSource(memoryStore(flagSetWith("on")), env));
  expect(variants(told)).toEqual({ "new-checkout": "off" });
});
