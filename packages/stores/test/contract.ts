import { createHook } from "node:async_hooks";
import {
  type AuditEntry,
  createRuleset,
  type FlagChange,
  type FlagDefinition,
  type FlagSet,
  type FlagSource,
  type FlagStore,
  type Revision,
} from "@burgee/core";
import { verifyHistory } from "@burgee/stores/audit";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
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

  test("a refresh tells what it has found before it resolves, one change or none", async () => {
    const { source, change } = await subjectWith(flagSetWith("off"));
    if (source.refresh === undefined) return;
    const told = listen(source);
    await source.refresh();
    expect(told.revisions).toHaveLength(1);
    await change(flagSetWith("on"));
    await source.refresh();
    expect(told.revisions.at(-1)?.flagSet.flags).toEqual(flagSetWith("on").flags);
    const { verified } = told;
    await source.refresh();
    expect(told.verified).toBeGreaterThan(verified);
    told.stop();
  });

  test("leaves no timer, watch or socket once the last subscriber has left", async () => {
    const { source } = await subjectWith(flagSetWith("off"));
    const handles = countHandles();
    const told = [listen(source), listen(source)];
    await told[0]?.until(() => told[0]?.revisions.length === 1);
    await source.refresh?.();
    for (const { stop } of told) stop();
    await vi.waitFor(() => expect(handles.left()).toEqual([]));
  });
}

/** Counts what is begun from now until it is first asked what is left of it. */
function countHandles(): { left(): string[] } {
  const begun = new Map<number, string>();
  let counting = true;
  const hook = createHook({
    init(id, type) {
      if (counting && handles.has(type)) begun.set(id, type);
    },
    destroy: (id) => begun.delete(id),
  }).enable();
  return {
    left() {
      counting = false;
      if (begun.size === 0) hook.disable();
      return [...begun.values()];
    },
  };
}

/** What keeps on doing something, as Node calls it. */
const handles = new Set(["Timeout", "FSEVENTWRAP", "STATWATCHER", "TCPWRAP", "TCPCONNECTWRAP"]);

/** A store under test. The test that opens it has it closed when it finishes. */
export interface StoreSubject {
  readonly store: FlagStore;
  /** Another store of the same flags, as another process has it; where there is none, the same. */
  readonly other: FlagStore;
}

/** How a store under test is opened. */
export interface StoreTerms {
  readonly flagSet: FlagSet;
  /** The key that signs its history. */
  readonly auditKey?: string;
}

/**
 * What every store does, besides what every source does.
 *
 * @param open a new store, with nothing in its history but, maybe, how its flags came into it
 */
export function testStore(open: (terms: StoreTerms) => Promise<StoreSubject>): void {
  const openWith = (variant: "on" | "off") => open({ flagSet: flagSetWith(variant) });

  describe("a commit", () => {
    test("makes another revision, which both stores read", async () => {
      const { store, other } = await openWith("off");
      const before = await store.read();
      const entry = await store.commit(turning("on", before.id));
      const after = await store.read();
      expect(after.flagSet.flags).toEqual(flagSetWith("on").flags);
      expect(after.id).toBe(entry.revision);
      expect(after.id).not.toBe(before.id);
      expect(await other.read()).toMatchObject({ id: after.id, flagSet: after.flagSet });
    });

    test("answers who made it, when, why, from what, and what it was before and after", async () => {
      const { store } = await openWith("off");
      const origin = { commit: "4f2c1d0", build: "17", url: "https://shop.example/build/17" };
      const entry = await store.commit({ ...turning("on", (await store.read()).id), origin });
      expect(entry).toEqual({
        ...who,
        origin,
        revision: (await store.read()).id,
        time: expect.any(String),
        flags: {
          "new-checkout": {
            before: flagSetWith("off").flags["new-checkout"],
            after: flagSetWith("on").flags["new-checkout"],
          },
        },
        evaluators: {},
        previous: expect.any(String),
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
      expect(new Date(entry.time).toISOString()).toBe(entry.time);
    });

    test("names what it adds and removes, and leaves out what it leaves as it was", async () => {
      const { store } = await open({
        flagSet: { ...flagSetWith("off"), $evaluators: { staff: { var: "staff" } } },
      });
      const added: FlagDefinition = { state: "DISABLED", variants: { on: true } };
      const entry = await store.commit({
        ...who,
        expected: (await store.read()).id,
        flags: { put: { added, ...flagSetWith("off").flags }, remove: ["no-such-flag"] },
        evaluators: { put: { beta: { var: "beta" } }, remove: ["staff"] },
        metadata: { version: "2" },
      });
      expect(entry.flags).toEqual({ added: { after: added } });
      expect(entry.evaluators).toEqual({
        staff: { before: { var: "staff" } },
        beta: { after: { var: "beta" } },
      });
      expect(entry.metadata?.after).toEqual({ version: "2" });
      expect((await store.read()).flagSet).toMatchObject({
        flags: { added, ...flagSetWith("off").flags },
        $evaluators: { beta: { var: "beta" } },
        metadata: { version: "2" },
      });
    });

    test("is told to the subscribers of both stores", async () => {
      const { store, other } = await openWith("off");
      const told = [listen(store), listen(other)];
      for (const each of told) await each.until(() => each.revisions.length === 1);
      const { revision } = await store.commit(turning("on", (await store.read()).id));
      for (const each of told) {
        await each.until(() => each.revisions.at(-1)?.id === revision);
        expect(each.revisions.at(-1)?.flagSet.flags).toEqual(flagSetWith("on").flags);
        each.stop();
      }
    });

    test("on another revision conflicts, names the one held, and changes nothing", async () => {
      const { store, other } = await openWith("off");
      const { id } = await store.read();
      await other.commit(turning("on", id));
      const held = await store.read();
      const entries = await all(store.history());
      const conflict = { code: "REVISION_CONFLICT", revision: held.id };
      await expect(store.commit(turning("off", id))).rejects.toMatchObject(conflict);
      expect(await store.read()).toMatchObject({ id: held.id, flagSet: held.flagSet });
      expect(await all(store.history())).toEqual(entries);
    });

    test("of several made at once on one revision, one wins", async () => {
      const { store, other } = await openWith("off");
      const { id } = await store.read();
      const commits = await Promise.allSettled(
        [store, other, store, other, store, other].map((each, index) =>
          each.commit({ ...turning("on", id), reason: `attempt ${index}` }),
        ),
      );
      const lost = commits.filter((commit) => commit.status === "rejected");
      expect(lost).toHaveLength(5);
      for (const { reason } of lost) expect(reason).toMatchObject({ code: "REVISION_CONFLICT" });
      await verifyHistory(store.history(), { revision: (await store.read()).id });
    });

    test("of several writers that try again, none is lost", async () => {
      const { store, other } = await openWith("off");
      const before = (await all(store.history())).length;
      const commits = await Promise.all(
        [store, other, store, other].map((each, writer) => commitAll(each, `writer-${writer}`, 5)),
      );
      const entries = await all(store.history());
      // A store may have written down first how its flags came into it.
      expect(entries.length - before - 20).toBeLessThanOrEqual(1);
      expect(new Set(commits.flat().map(({ hash }) => hash)).size).toBe(20);
      expect(entries.map(({ hash }) => hash)).toEqual(
        expect.arrayContaining(commits.flat().map(({ hash }) => hash)),
      );
      const { id, flagSet } = await store.read();
      expect(Object.keys(flagSet.flags)).toHaveLength(21);
      await verifyHistory(entries, { revision: id });
    });

    const [flag] = Object.values(flagSetWith("on").flags) as [FlagDefinition];
    test.each<[string, object]>([
      ["without an actor", { actor: "" }],
      ["without a reason", { reason: undefined }],
      ["of no known kind", { kind: "toString" }],
      ["on no revision", { expected: undefined }],
      ["of flags that are a list", { flags: [] }],
      ["of flags that are null", { flags: null }],
      ["that puts no flags", { flags: { put: "all" } }],
      ["that puts a flag that is none", { flags: { put: { broken: null } } }],
      ["that puts a flag without variants", { flags: { put: { broken: { state: "ENABLED" } } } }],
      ["whose default is no variant", { flags: { put: { a: { ...flag, defaultVariant: "x" } } } }],
      ["that removes no list", { flags: { remove: "new-checkout" } }],
      ["of evaluators that are a text", { evaluators: "all" }],
      ["of metadata that is a list", { metadata: ["a"] }],
      ["that JSON cannot write", { flags: { put: { a: { ...flag, variants: { on: 1n } } } } }],
    ])("%s is refused, and nothing is written", async (_, faults) => {
      const { store } = await openWith("off");
      const held = await store.read();
      const entries = await all(store.history());
      const change = { ...turning("on", held.id), ...faults } as FlagChange;
      await expect(store.commit(change)).rejects.toMatchObject({
        code: expect.stringMatching(/^INVALID_(CHANGE|FLAG_SET)$/),
      });
      expect(await store.read()).toMatchObject({ id: held.id, flagSet: held.flagSet });
      expect(await all(store.history())).toEqual(entries);
    });

    test.each([
      ["__proto__"],
      ["constructor"],
      [""],
      [" "],
      ["-1"],
      ["2"],
      ["a/b~c%00:{d}\u0000\n\r\t\"'\\#&*[]"],
      ["naïve 旗 🚩 \u202e \ufeff"],
      ["k".repeat(5000)],
    ])("a flag and an evaluator of the key %j are like any others", async (key) => {
      const { store, other } = await openWith("off");
      const targeting = { if: [{ $ref: key }, "on"] };
      const put = Object.fromEntries([[key, { ...flag, targeting }]]);
      const entry = await store.commit({
        ...who,
        expected: (await store.read()).id,
        flags: { put },
        evaluators: { put: Object.fromEntries([[key, { var: "beta" }]]) },
      });
      expect(Object.entries(entry.flags)).toEqual([[key, { after: put[key] }]]);
      for (const each of [store, other]) {
        const { flagSet } = await each.read();
        expect(Object.keys(flagSet.flags).sort()).toEqual([key, "new-checkout"].sort());
        expect(Object.entries(flagSet.$evaluators ?? {})).toEqual([[key, { var: "beta" }]]);
        expect(createRuleset(flagSet).evaluate(key, false, { beta: true }).value).toBe(true);
      }
      expect(await all(other.history({ flag: key }))).toEqual([entry]);
      const { id } = await store.read();
      await store.commit({ ...who, expected: id, flags: { remove: [key] } });
      expect(Object.keys((await other.read()).flagSet.flags)).toEqual(["new-checkout"]);
      expect(({} as Record<string, unknown>)["state"]).toBeUndefined();
    });

    test("keeps its own copy of what it was given", async () => {
      const { store } = await openWith("off");
      const put = structuredClone(flagSetWith("on").flags);
      await store.commit({ ...who, expected: (await store.read()).id, flags: { put } });
      Object.assign(put["new-checkout"] as object, { variants: {} });
      expect((await store.read()).flagSet.flags).toEqual(flagSetWith("on").flags);
    });
  });

  describe("its history", () => {
    test("has every entry that a commit answered, the newest first", async () => {
      const { store, other } = await openWith("off");
      const entries: AuditEntry[] = [];
      for (const variant of ["on", "off", "on"] as const) {
        entries.unshift(await store.commit(turning(variant, (await store.read()).id)));
      }
      expect((await all(store.history())).slice(0, 3)).toEqual(entries);
      expect((await all(other.history())).slice(0, 3)).toEqual(entries);
      expect(entries.map(({ previous }) => previous).slice(0, 2)).toEqual(
        entries.map(({ hash }) => hash).slice(1),
      );
      await verifyHistory(other.history(), { revision: (await store.read()).id });
    });

    test("gives as many as asked for, and those of one flag", async () => {
      const { store } = await openWith("off");
      const made = await commitAll(store, "flag", 3);
      const last = await store.commit(turning("on", (await store.read()).id));
      expect(await all(store.history({ limit: 2 }))).toEqual([last, made[2]]);
      expect(await all(store.history({ limit: 0 }))).toEqual([]);
      expect(await all(store.history({ flag: "flag-1" }))).toEqual([made[1]]);
      expect(await all(store.history({ flag: "flag-1", limit: 5 }))).toEqual([made[1]]);
      expect(await all(store.history({ flag: "toString" }))).toEqual([]);
      expect((await all(store.history({ flag: "new-checkout", limit: 1 })))[0]).toEqual(last);
    });

    test("may be left in the middle", async () => {
      const { store } = await openWith("off");
      const made = await commitAll(store, "flag", 3);
      for await (const entry of store.history()) {
        expect(entry).toEqual(made[2]);
        break;
      }
    });

    test("is signed with the key given: no other verifies it", async () => {
      const key = "a key of 32 characters, and more.";
      const { store } = await open({ flagSet: flagSetWith("off"), auditKey: key });
      await commitAll(store, "flag", 3);
      await verifyHistory(store.history(), { key });
      await verifyHistory(store.history(), { key: [`another ${key}`, key] });
      for (const wrong of [{}, { key: `another ${key}` }]) {
        const verified = verifyHistory(store.history(), wrong);
        await expect(verified).rejects.toMatchObject({ code: "BROKEN_CHAIN" });
      }
    });
  });

  test("what its revisions say they have changed makes the flag set that is read", async () => {
    const { store, other } = await openWith("off");
    const told = [listen(store), listen(other)];
    for (const each of told) await each.until(() => each.revisions.length === 1);
    await fc.assert(
      fc.asyncProperty(fc.array(edits, { minLength: 1, maxLength: 3 }), async (changes) => {
        for (const change of changes) {
          await store.commit({ ...who, ...change, expected: (await store.read()).id });
        }
        const { id, flagSet } = await store.read();
        for (const each of told) {
          await each.until(() => each.revisions.at(-1)?.id === id);
          expect(followed(each.revisions)).toEqual(partsOf(flagSet));
        }
        expect(partsOf((await other.read()).flagSet)).toEqual(partsOf(flagSet));
      }),
      { numRuns: 15 },
    );
    for (const { stop } of told) stop();
    await verifyHistory(store.history(), { revision: (await store.read()).id });
  }, 20_000);
}

const who = { actor: "ada", reason: "a test", kind: "release" } as const;

function turning(variant: "on" | "off", expected: string): FlagChange {
  return { expected, flags: { put: flagSetWith(variant).flags }, ...who };
}

/** Adds flags one by one, each until no other writer was quicker. */
async function commitAll(store: FlagStore, name: string, count: number): Promise<AuditEntry[]> {
  const [flag] = Object.values(flagSetWith("on").flags) as [FlagDefinition];
  const entries: AuditEntry[] = [];
  let { id } = await store.read();
  while (entries.length < count) {
    const put = { [`${name}-${entries.length}`]: flag };
    try {
      const entry = await store.commit({ ...who, expected: id, flags: { put } });
      entries.push(entry);
      id = entry.revision;
    } catch (error) {
      if ((error as { readonly code?: string }).code !== "REVISION_CONFLICT") throw error;
      id = (error as { readonly revision?: string }).revision ?? (await store.read()).id;
    }
  }
  return entries;
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const names = fc.constantFrom("new-checkout", "a", "b", "__proto__", "constructor");
const flags = fc.record({
  state: fc.constantFrom("ENABLED" as const, "DISABLED" as const),
  variants: fc.constant({ on: true, off: false }),
  defaultVariant: fc.constantFrom("on", "off", null),
  targeting: fc.constantFrom({ if: [{ $ref: "a" }, "on"] }, { if: [true, "off"] }),
});
const edits = fc.record(
  {
    flags: fc.record({
      put: fc.dictionary(names, flags, { maxKeys: 3 }),
      remove: fc.array(names, { maxLength: 2 }),
    }),
    evaluators: fc.record({
      put: fc.dictionary(names, fc.constantFrom({ var: "a" }, { var: "b" }), { maxKeys: 2 }),
      remove: fc.array(names, { maxLength: 1 }),
    }),
    metadata: fc.record({ version: fc.integer() }),
  },
  { requiredKeys: [] },
);

/** What those have who apply each revision's changes where they hold the one that it was made of. */
function followed([first, ...later]: readonly Revision[]): object {
  const { id, flagSet } = first as Revision;
  let held = id;
  let ruleset = createRuleset(flagSet);
  for (const { id: next, delta, ...revision } of later) {
    ruleset = ruleset.apply(delta?.from === held ? delta : ruleset.deltaTo(revision.flagSet));
    held = next;
  }
  return partsOf(ruleset.flagSet);
}

/** What counts of a flag set: nothing and no entries are the same. */
function partsOf({ flags, $evaluators, metadata }: FlagSet): object {
  return {
    flags: Object.entries(flags).sort(),
    evaluators: Object.entries($evaluators ?? {}).sort(),
    metadata: metadata ?? {},
  };
}
