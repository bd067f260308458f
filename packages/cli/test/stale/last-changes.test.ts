import type { FlagDefinition } from "@burgee/core";
import { fileStore } from "@burgee/stores/file";
import { expect, test } from "vitest";
import { readLastChanges } from "../../src/stale/last-changes.js";
import { openProject } from "../project.js";

const off: FlagDefinition = {
  state: "ENABLED",
  variants: { on: true, off: false },
  defaultVariant: "off",
};

/** A store with two flags, of which `quiet` was given an owner and `busy` another variant. */
async function openChanged() {
  const { path, commit } = await openProject({
    "flags.json": { flags: { quiet: off, busy: off } },
  });
  const owned = { ...off, targeting: null, metadata: { owner: "ada" } };
  await commit("flags.json", { flags: { put: { quiet: owned } } });
  await commit("flags.json", {
    flags: { put: { busy: { ...off, defaultVariant: "on" } } },
    kind: "release",
  });
  return fileStore(path("flags.json"));
}

test("a change of what is said of a flag is no change of its state", async () => {
  const { of, since } = await readLastChanges({ store: await openChanged() });
  expect([of.get("quiet")?.kind, of.get("busy")?.kind]).toEqual(["seed", "release"]);
  expect(since).toBeUndefined();
});

test("a history that has dropped its beginning says since when it knows", async () => {
  const store = await openChanged();
  const recent = { ...store, history: () => store.history({ limit: 1 }) };
  const { of, since } = await readLastChanges({ store: recent });
  expect([...of.keys()]).toEqual(["busy"]);
  expect(since).toBe(of.get("busy")?.at);
});
