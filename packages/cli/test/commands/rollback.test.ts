import {
  type FlagDefinition,
  type FlagSet,
  percent,
  readHold,
  resumeFlag,
  writeHold,
  writeRule,
} from "@burgee/core";
import { expect, test } from "vitest";
import { openProject, type Project, shop } from "../project.js";
import { openRedis } from "../redis.js";

const key = "new-checkout";
const checkout = shop.flags[key];
const [ten, half] = [10, 50].map((on) => writeRule(checkout, percent({ on }))) as [
  FlagDefinition,
  FlagDefinition,
];

async function flagsOf({ read }: Project): Promise<FlagSet["flags"]> {
  return JSON.parse(await read("flags.json")).flags;
}

/** A project where the flag was released to 10 and then to 50 percent, and another one changed. */
async function released(): Promise<Project & { readonly first: string }> {
  const project = await openProject({ "flags.json": shop });
  const put = (flag: FlagDefinition) => ({ flags: { put: { [key]: flag } } });
  const { revision: first } = await project.commit("flags.json", { ...put(ten), kind: "release" });
  await project.commit("flags.json", { ...put(half), kind: "release" });
  const other = { ...shop.flags["free-shipping"], defaultVariant: "on" };
  await project.commit("flags.json", { flags: { put: { "free-shipping": other } } });
  return { ...project, first };
}

test("a flag is what it was before its last change, and the others stay as they are", async () => {
  const project = await released();
  const before = await flagsOf(project);
  const { code, stdout } = await project.burgee("rollback", key, "--yes");
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(/: undoes the release of revision \w+ by ada\n/),
  ]);
  expect(await flagsOf(project)).toEqual({ ...before, [key]: ten });
  expect(await project.burgee("history", key, "--json", "--limit", "1")).toMatchObject({
    json: {
      verified: true,
      entries: [
        {
          kind: "rollback",
          actor: "tess",
          reason: expect.stringMatching(/^undoes the release of/),
        },
      ],
    },
  });
  await project.burgee("rollback", key, "--yes", "--reason", "no, go on");
  expect((await flagsOf(project))[key]).toEqual(half);
});

test("a flag is what it was at a revision", async () => {
  const project = await released();
  expect((await project.burgee("rollback", key, "--to", project.first, "--yes")).code).toBe(0);
  expect((await flagsOf(project))[key]).toEqual(ten);
  const { json } = await project.burgee("history", "--json");
  const { entries } = json as { entries: { revision: string }[] };
  const seed = entries.at(-1)?.revision ?? "";
  expect((await project.burgee("rollback", key, "--to", seed, "--yes")).code).toBe(0);
  expect((await flagsOf(project))[key]).toEqual(checkout);
  const same = await project.burgee("rollback", key, "--to", seed, "--json");
  expect([same.code, same.json]).toMatchObject([0, { written: false }]);
});

test("in Redis, too, and a revision that changed another flag counts", async () => {
  const { options, store } = await openRedis(shop);
  const commit = async (put: FlagSet["flags"]) => {
    const { id: expected } = await store.read();
    return await store.commit({
      expected,
      flags: { put },
      actor: "ada",
      reason: "a test",
      kind: "release",
    });
  };
  await commit({ [key]: ten });
  const { revision } = await commit({ "free-shipping": { ...checkout } });
  await commit({ [key]: half });
  const { burgee } = await openProject();
  expect((await burgee("rollback", key, "--to", revision, "--yes", ...options)).code).toBe(0);
  expect((await store.read()).flagSet.flags[key]).toEqual(ten);
});

test("a hold stays, and is no change to go back before", async () => {
  const project = await released();
  const put = (flag: FlagDefinition) => ({ flags: { put: { [key]: flag } } });
  const resumed = resumeFlag(writeHold(half, "guard", "off"));
  const held = writeHold(resumed, "kill", "off");
  for (const flag of [writeHold(half, "guard", "off"), resumed, held]) {
    await project.commit("flags.json", put(flag));
  }
  const { code, stdout } = await project.burgee("rollback", key, "--yes");
  expect([code, stdout]).toEqual([0, expect.stringContaining("nobody of 10,000 made-up users")]);
  const flag = (await flagsOf(project))[key] as FlagDefinition;
  expect(readHold(flag)).toEqual({ kind: "kill", held: "off", rule: ten.targeting, epoch: 1 });
});

test("what was edited by hand goes first", async () => {
  const project = await released();
  const { json } = await project.burgee("history", "--json");
  const [newest] = (json as { entries: { revision: string }[] }).entries;
  for (const to of [[], ["--to", newest?.revision ?? ""]]) {
    const flags = await flagsOf(project);
    await project.write("flags.json", { ...shop, flags: { ...flags, [key]: checkout } });
    const { code, stdout } = await project.burgee("rollback", key, ...to, "--yes");
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/: (undoes what was changed since without an entry|back to)/),
    ]);
    expect((await flagsOf(project))[key]).toEqual(half);
  }
});

test("where there is nothing to go back to, nothing is written", async () => {
  const project = await released();
  const added = { ...checkout, metadata: { owner: "growth" } };
  const { revision } = await project.commit("flags.json", { flags: { put: { added } } });
  const before = await project.read("flags.json");
  for (const [args, sentence] of [
    [["added"], /added was created by the change of revision \w+ by ada; before it/],
    [["added", "--to", project.first], /added was not there at revision/],
    [[key, "--to", "nope"], /knows no revision "nope"; `burgee history new-checkout`/],
    [["search-ranking", "--to", `${revision}0`], /knows no revision/],
  ] as const) {
    const { code, stderr } = await project.burgee("rollback", ...args, "--yes");
    expect([code, stderr]).toEqual([2, expect.stringMatching(sentence)]);
  }
  expect(await project.read("flags.json")).toBe(before);
  const fresh = await openProject({ "flags.json": shop });
  const { code, stderr } = await fresh.burgee("rollback", key, "--yes");
  expect([code, stderr]).toEqual([2, expect.stringContaining("knows no change of new-checkout")]);
});

test("a flag that was removed is brought back as it was, under the hold that was on it", async () => {
  for (const was of [half, writeHold(half, "kill", "off")]) {
    const project = await released();
    await project.commit("flags.json", { flags: { put: { [key]: was } } });
    const { revision } = await project.commit("flags.json", { flags: { remove: [key] } });
    expect(await flagsOf(project)).not.toHaveProperty(key);
    const { code, stdout } = await project.burgee("rollback", key, "--yes");
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining(`: undoes the change of revision ${revision} by ada`),
    ]);
    expect(stdout).toMatch(/\nbefore +\(code default\), not in the store\n/);
    expect((await flagsOf(project))[key]).toEqual(was);
    await project.commit("flags.json", { flags: { remove: [key] } });
    expect((await project.burgee("rollback", key, "--to", project.first, "--yes")).code).toBe(0);
    expect((await flagsOf(project))[key]).toEqual(ten);
  }
});

test("what comes back needs no migration that nobody has confirmed, unless the flag does now", async () => {
  const waiting = { ...half, metadata: { requires: "add-currency" } };
  const project = await openProject({ "flags.json": shop });
  const put = (flag: FlagDefinition) =>
    project.commit("flags.json", { flags: { put: { [key]: flag } } });
  const { revision } = await put(waiting);
  await put(checkout);
  const before = await project.read("flags.json");
  for (const to of [[], ["--to", revision]]) {
    const { code, stderr } = await project.burgee("rollback", key, ...to, "--yes");
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /Nothing was written: [^\n]+"add-currency"[^\n]+burgee confirm add-currency/,
      ),
    ]);
  }
  expect(await project.read("flags.json")).toBe(before);
  await project.commit("flags.json", { flags: { remove: [key] } });
  expect((await project.burgee("rollback", key, "--to", revision, "--yes")).code).toBe(1);
  await put({ ...waiting, targeting: null });
  expect((await project.burgee("rollback", key, "--to", revision, "--yes")).code).toBe(0);
  await put(checkout);
  expect((await project.burgee("confirm", "add-currency", "--reason", "build 812")).code).toBe(0);
  expect((await project.burgee("rollback", key, "--to", revision, "--yes")).code).toBe(0);
  expect((await flagsOf(project))[key]).toEqual(waiting);
});

test("a rule that cannot be run any more is refused", async () => {
  const staff = { $evaluators: { staff: { "==": [1, 1] } } };
  const ruled = writeRule(checkout, { if: [{ $ref: "staff" }, "on"] });
  const project = await openProject({ "flags.json": { ...staff, flags: { [key]: ruled } } });
  await project.commit("flags.json", {
    flags: { put: { [key]: checkout } },
    evaluators: { remove: ["staff"] },
  });
  const before = await project.read("flags.json");
  const { code, stderr } = await project.burgee("rollback", key, "--yes");
  expect([code, stderr]).toEqual([1, expect.stringMatching(/cannot be compiled: [^\n]*staff/)]);
  expect(await project.read("flags.json")).toBe(before);
});
