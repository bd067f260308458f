import { BurgeeError, type FlagChange, type FlagDefinition } from "@burgee/core";
import { memoryStore } from "@burgee/stores/memory";
import { describe, expect, test } from "vitest";
import { testSource, testStore } from "./contract.js";
import { listen } from "./events.js";
import { flagSetWith } from "./flag-set-with.js";

const who = { actor: "ada", reason: "a test", kind: "release" } as const;

function turnedOn(expected: string): FlagChange {
  return { expected, flags: { put: flagSetWith("on").flags }, ...who };
}

describe("a source", () => {
  testSource(async (flagSet) => {
    const source = memoryStore(flagSet);
    return {
      source,
      async change({ flags }) {
        await source.commit({ expected: (await source.read()).id, flags: { put: flags }, ...who });
      },
    };
  });
});

describe("a store", () => {
  testStore(async ({ flagSet, auditKey }) => {
    const store = memoryStore(flagSet, { ...(auditKey && { auditKey }) });
    return { store, other: store };
  });
});

test("holds no flags where none are given", async () => {
  expect((await memoryStore().read()).flagSet.flags).toEqual({});
});

test("refuses a flag set that cannot be served", () => {
  expect(() => memoryStore({ flags: { beta: { state: "ENABLED", variants: {} } } })).toThrow(
    /\/flags\/beta\/variants must have at least one variant.*INVALID_FLAG_SET/,
  );
});

test("keeps its own copy of what it was given", async () => {
  const flagSet = structuredClone(flagSetWith("off"));
  const store = memoryStore(flagSet);
  Object.assign(flagSet.flags, { another: {} });
  expect((await store.read()).flagSet).toEqual(flagSetWith("off"));
});

test("a commit that cannot be served is refused, and tells nobody", async () => {
  const store = memoryStore(flagSetWith("off"));
  const told = listen(store);
  const { id } = await store.read();
  const broken = { state: "ENABLED", variants: {} } as const;
  const commit = store.commit({ expected: id, flags: { put: { broken } }, ...who });
  await expect(commit).rejects.toThrow(BurgeeError);
  expect(told.revisions).toHaveLength(1);
});

test("a commit says what it has changed, so that no one has to find out", async () => {
  const store = memoryStore(flagSetWith("off"));
  const told = listen(store);
  await store.commit(turnedOn("1"));
  expect(told.revisions.map(({ delta }) => delta)).toEqual([
    undefined,
    { from: "1", flags: { put: flagSetWith("on").flags } },
  ]);
});

test("a key that can be guessed is refused at once", () => {
  expect(() => memoryStore(undefined, { auditKey: "secret" })).toThrow("INVALID_SECRET");
});

describe("a rule nested 10,000 deep, which cannot be copied, is refused as a flag set", () => {
  const targeting = JSON.parse(`${'{"!":['.repeat(5000)}true${"]}".repeat(5000)}`);
  const flag = { ...flagSetWith("on").flags["new-checkout"], targeting } as FlagDefinition;
  const invalid = expect.objectContaining({ code: "INVALID_FLAG_SET" });

  test("at first", () => {
    expect(() => memoryStore({ flags: { deep: flag } })).toThrow(invalid);
  });

  test("and as a change, which changes nothing", async () => {
    const store = memoryStore(flagSetWith("off"));
    const held = await store.read();
    const change = { expected: held.id, flags: { put: { deep: flag } }, ...who };
    await expect(store.commit(change)).rejects.toEqual(invalid);
    expect(await store.read()).toBe(held);
  });
});
