import type { FlagDefinition } from "@burgee/core";
import { fileStore } from "@burgee/stores/file";
import { expect, test } from "vitest";
import { readFrom } from "../../src/open-store.js";
import { archiveFlags } from "../../src/stale/archive.js";
import { openProject } from "../project.js";

const on: FlagDefinition = {
  state: "ENABLED",
  variants: { on: true, off: false },
  defaultVariant: "on",
};
const by = { actor: "tess", origin: {} };

/** A store whose flag `b` was changed since it was judged. */
async function openChanged() {
  const { path, commit } = await openProject({ "flags.json": { flags: { a: on, b: on } } });
  const store = fileStore(path("flags.json"));
  const { flagSet } = await store.read();
  await commit("flags.json", { flags: { put: { b: { ...on, defaultVariant: "off" } } } });
  return {
    flagSet,
    opened: { store, name: "it", forgets: false, read: () => readFrom(store), close() {} },
  };
}

test("a flag that somebody has changed since it was judged is left as it is", async () => {
  const { flagSet, opened } = await openChanged();
  const reasons = new Map([
    ["a", "old"],
    ["b", "old"],
  ]);
  const entry = await archiveFlags(opened, flagSet, reasons, by);
  expect(entry).toMatchObject({ kind: "archive", reason: "stale: a (old)" });
  expect(Object.keys(entry?.flags ?? {})).toEqual(["a"]);
  const { flags } = (await opened.store.read()).flagSet;
  expect([flags["a"]?.state, flags["b"]?.state]).toEqual(["DISABLED", "ENABLED"]);
});

test("where all of them were changed, nothing is written", async () => {
  const { flagSet, opened } = await openChanged();
  const before = await opened.store.read();
  expect(await archiveFlags(opened, flagSet, new Map([["b", "old"]]), by)).toBeUndefined();
  expect((await opened.store.read()).id).toBe(before.id);
});

test("a long reason is cut", async () => {
  const { flagSet, opened } = await openChanged();
  const entry = await archiveFlags(opened, flagSet, new Map([["a", "x".repeat(5000)]]), by);
  expect(entry?.reason).toHaveLength("stale: ".length + 1001);
});
