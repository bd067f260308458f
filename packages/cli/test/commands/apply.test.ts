import { execFile } from "node:child_process";
import { open, rename, symlink } from "node:fs/promises";
import { promisify } from "node:util";
import { type FlagDefinition, type FlagSet, readHold, resumeFlag, writeHold } from "@burgee/core";
import { fileStore } from "@burgee/stores/file";
import { expect, test } from "vitest";
import { openProject, type Project, shop } from "../project.js";
import { openRedis } from "../redis.js";

const store = ["--store", "store.json"];

/** The shop with other weights of a ranking. */
function ranking(words: number): FlagSet {
  const targeting = {
    fractional: [
      ["words", words],
      ["popular", 100 - words],
    ],
  };
  return withRanking({ ...shop.flags["search-ranking"], targeting });
}

function withRanking(flag: FlagDefinition): FlagSet {
  return { ...shop, flags: { ...shop.flags, "search-ranking": flag } };
}

/** Changes the ranking in the store, at run time. */
function release(project: Project, words: number) {
  return project.commit("store.json", {
    flags: { put: { "search-ranking": ranking(words).flags["search-ranking"] as FlagDefinition } },
    kind: "release",
    reason: `words for ${words} %`,
  });
}

async function flagsOf(project: Project): Promise<FlagSet["flags"]> {
  return JSON.parse(await project.read("store.json")).flags;
}

/** A project whose store was seeded with the shop. */
async function seeded(): Promise<Project> {
  const project = await openProject({ "flags.json": shop });
  expect(await project.burgee("apply", ...store)).toMatchObject({ code: 0, stderr: "" });
  return project;
}

async function entriesOf(project: Project) {
  const entries = [];
  for await (const entry of fileStore(project.path("store.json")).history()) entries.push(entry);
  return entries;
}

test("the store gets what Git says, once", async () => {
  const project = await seeded();
  expect(await flagsOf(project)).toEqual(shop.flags);
  const again = await project.burgee("apply", "--json", ...store);
  expect(again).toMatchObject({ code: 0, json: { applied: false, changes: [] } });
  expect(await entriesOf(project)).toHaveLength(1);
});

test("the history says who applied which commit, in which build, and where that is seen", async () => {
  const project = await openProject({ "flags.json": shop });
  const github = {
    BURGEE_ACTOR: "",
    GITHUB_ACTIONS: "true",
    GITHUB_ACTOR: "ada",
    GITHUB_SHA: "4f2c1d0e9b8a",
    GITHUB_RUN_ID: "812",
    GITHUB_SERVER_URL: "https://github.example",
    GITHUB_REPOSITORY: "shop/shop",
  };
  await project.burgeeWith(github, "apply", ...store);
  expect(await entriesOf(project)).toMatchObject([
    {
      kind: "seed",
      actor: "ada",
      reason: "flags.json of commit 4f2c1d0e9b8a",
      origin: {
        commit: "4f2c1d0e9b8a",
        build: "812",
        url: "https://github.example/shop/shop/actions/runs/812",
      },
    },
  ]);
});

test("outside of a CI the commit is Git's, marked where the document is not as committed", async () => {
  const project = await openProject({ "flags.json": shop });
  const sha = await project.gitCommit();
  await project.burgee("apply", ...store);
  await project.write("flags.json", ranking(90));
  await project.burgee("apply", ...store);
  const origins = (await entriesOf(project)).map(({ origin }) => origin?.commit);
  expect(origins).toEqual([`${sha}-dirty`, sha]);
});

test("where Git is unchanged, a change at run time is kept, and listed", async () => {
  const project = await seeded();
  await release(project, 90);
  const { code, stdout } = await project.burgee("apply", ...store);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^= search-ranking {2}keep\n {4}release by ada, [^\n]+: words for 90 %\n/);
  expect(await flagsOf(project)).toEqual(ranking(90).flags);
});

test("an unrelated change is applied beside one that is kept", async () => {
  const project = await seeded();
  await release(project, 90);
  await project.write("flags.json", JSON.stringify(shop).replace("payments", "checkout"));
  expect((await project.burgee("apply", ...store)).code).toBe(0);
  const flags = await flagsOf(project);
  expect(flags["new-checkout"]?.metadata).toEqual({ owner: "checkout" });
  expect(flags["search-ranking"]).toEqual(ranking(90).flags["search-ranking"]);
});

test("where both were changed it is a conflict, and nothing is written, however much else there is", async () => {
  const project = await seeded();
  await release(project, 90);
  await project.write("flags.json", JSON.stringify(ranking(70)).replace("payments", "checkout"));
  const before = await project.read("store.json");
  const { code, stdout, stderr } = await project.burgee("apply", ...store);
  expect([code, stdout]).toEqual([3, ""]);
  expect(stderr).toMatch(
    /^burgee: Nothing was written: [^\n]+ for search-ranking; [^\n]+--keep git\.\n$/,
  );
  expect(await project.read("store.json")).toBe(before);
  expect((await project.burgee("plan", ...store)).code).toBe(3);
});

test.each(["store", "git"] as const)(
  "a conflict is resolved for good by --keep %s",
  async (side) => {
    const project = await seeded();
    await release(project, 90);
    await project.write("flags.json", ranking(70));
    expect((await project.burgee("apply", "--keep", side, ...store)).code).toBe(0);
    expect(await flagsOf(project)).toEqual(ranking(side === "store" ? 90 : 70).flags);

    expect(await project.burgee("apply", "--json", ...store)).toMatchObject({
      code: 0,
      json: { applied: false },
    });
    await project.write("flags.json", ranking(60));
    expect((await project.burgee("apply", ...store)).code).toBe(side === "store" ? 3 : 0);
    await project.burgee("apply", "--keep", "git", ...store);
    expect(await project.burgee("apply", "--json", ...store)).toMatchObject({
      json: { applied: false, changes: [] },
    });
  },
);

test("what Git and the store were both changed to is no conflict, and Git may go on from there", async () => {
  const project = await seeded();
  await release(project, 90);
  await project.write("flags.json", ranking(90));
  expect((await project.burgee("apply", ...store)).code).toBe(0);
  await project.write("flags.json", ranking(70));
  expect((await project.burgee("apply", ...store)).code).toBe(0);
  expect(await flagsOf(project)).toEqual(ranking(70).flags);
});

test("a flag that Git took away goes, unless it was changed at run time", async () => {
  const project = await seeded();
  await release(project, 90);
  const { "free-shipping": _gone, ...kept } = shop.flags;
  await project.write("flags.json", { ...shop, flags: kept });
  expect((await project.burgee("apply", ...store)).code).toBe(0);
  expect(Object.keys(await flagsOf(project))).toEqual(["new-checkout", "search-ranking"]);

  const { "search-ranking": _changed, ...rest } = kept;
  await project.write("flags.json", { ...shop, flags: rest });
  expect((await project.burgee("apply", ...store)).code).toBe(3);
});

test("a flag that only the store has is kept", async () => {
  const project = await seeded();
  await project.commit("store.json", { flags: { put: { own: shop.flags["new-checkout"] } } });
  const { code, json } = await project.burgee("apply", "--json", ...store);
  expect([code, json]).toMatchObject([0, { changes: [{ action: "keep", name: "own" }] }]);
});

test("what was never seeded is not overwritten", async () => {
  const project = await openProject({ "flags.json": ranking(70), "store.json": shop });
  expect((await project.burgee("apply", ...store)).code).toBe(3);
  expect((await project.burgee("apply", "--keep", "git", ...store)).code).toBe(0);
  expect(await flagsOf(project)).toEqual(ranking(70).flags);
});

test("a hold is no difference: Git changes the rule under it, and resuming serves that", async () => {
  const { options, store: redis } = await openRedis();
  const { burgee, write } = await openProject({ "flags.json": shop });
  await burgee("apply", ...options);
  const key = "search-ranking";
  const { id: expected, flagSet } = await redis.read();
  const tripped = writeHold(flagSet.flags[key] as FlagDefinition, "guard", "words");
  const by = { actor: "guard", reason: "errors", kind: "guard" } as const;
  await redis.commit({ expected, flags: { put: { [key]: tripped } }, ...by });
  expect(await burgee("plan", "--json", ...options)).toMatchObject({
    code: 0,
    json: { changes: [] },
  });

  await write("flags.json", ranking(70));
  const { code, stdout } = await burgee("apply", ...options);
  expect(code).toBe(0);
  expect(stdout).toContain(
    "nobody of 10,000 made-up users sees another variant\n    a guard holds it",
  );
  const held = (await redis.read()).flagSet.flags[key] as FlagDefinition;
  expect(readHold(held)).toMatchObject({ kind: "guard", held: "words" });

  const resumed = resumeFlag(held);
  expect(resumed.targeting).toEqual(ranking(70).flags[key]?.targeting);
  const { id } = await redis.read();
  await redis.commit({ expected: id, flags: { put: { [key]: resumed } }, ...by, kind: "resume" });
  expect(await burgee("apply", "--json", ...options)).toMatchObject({
    json: { applied: false, changes: [] },
  });
});

test("segments and the set's metadata are compared like flags, and what the store knows stays", async () => {
  const $evaluators = { staff: { ends_with: [{ var: "email" }, "@example.com"] } };
  const project = await openProject({ "flags.json": { ...shop, $evaluators } });
  await project.burgee("apply", ...store);
  await project.burgee("confirm", "add-currency", "--reason", "done", ...store);
  const staff = { ends_with: [{ var: "email" }, "@example.org"] };
  await project.commit("store.json", { evaluators: { put: { staff } } });
  await project.write("flags.json", {
    ...shop,
    $evaluators,
    metadata: { flagSetId: "shop", version: "2" },
  });
  expect((await project.burgee("apply", ...store)).code).toBe(0);
  expect(JSON.parse(await project.read("store.json"))).toMatchObject({
    $evaluators: { staff },
    metadata: { version: "2", "burgee.confirmed.add-currency": expect.any(String) },
  });
});

test("where somebody writes meanwhile, it is compared anew, and nothing is lost", async () => {
  const { options, store: redis } = await openRedis(shop);
  const { burgee, path } = await openProject({ "flags.json": ranking(70) });
  // Contexts in a pipe are read once the store was, and hold up burgee until they are written.
  const [pipe, next] = [path("visitors.ndjson"), path("next.ndjson")];
  const makePipe = (name: string) => promisify(execFile)("mkfifo", [name]);
  await makePipe(pipe);
  const applied = burgee("apply", "--contexts", pipe, ...options);
  for (const other of ["other-1", "other-2", "other-3", undefined]) {
    const contexts = await open(pipe, "w");
    await makePipe(next);
    await rename(next, pipe);
    if (other !== undefined) {
      const { id: expected } = await redis.read();
      const flags = { put: { [other]: shop.flags["new-checkout"] } };
      await redis.commit({ expected, flags, actor: "ada", reason: "at once", kind: "manual" });
    }
    await contexts.writeFile("{}\n");
    await contexts.close();
  }
  const { code, stderr } = await applied;
  expect([code, stderr]).toEqual([0, ""]);
  const { flags } = (await redis.read()).flagSet;
  expect(Object.keys(flags).sort().slice(2, 5)).toEqual(["other-1", "other-2", "other-3"]);
  expect(flags["search-ranking"]).toEqual(ranking(70).flags["search-ranking"]);
});

test("a flag that needs a migration is refused until that is confirmed", async () => {
  const flags = {
    ...shop.flags,
    "new-checkout": { ...shop.flags["new-checkout"], metadata: { requires: "add-currency" } },
  };
  const project = await openProject({ "flags.json": { ...shop, flags } });
  const { code, stderr } = await project.burgee("apply", ...store);
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining("burgee confirm add-currency --reason"),
  ]);
  expect(await project.files()).toEqual(["flags.json"]);
  expect((await project.burgee("plan", ...store)).code).toBe(1);
  await project.burgee("confirm", "add-currency", "--reason", "done", ...store);
  expect((await project.burgee("apply", ...store)).code).toBe(0);
});

test("a segment that is still used is not taken away", async () => {
  const $evaluators = { staff: { ends_with: [{ var: "email" }, "@example.com"] } };
  const flag = { ...shop.flags["new-checkout"], targeting: { if: [{ $ref: "staff" }, "on"] } };
  const project = await openProject({ "flags.json": { flags: { beta: flag }, $evaluators } });
  await project.burgee("apply", ...store);
  await project.write("flags.json", { flags: { beta: flag } });
  const { code, stderr } = await project.burgee("apply", ...store);
  expect([code, stderr]).toEqual([1, expect.stringContaining('refers to "staff"')]);
});

test("metadata that Git took away goes, and leaves no drift", async () => {
  const { options } = await openRedis();
  const { burgee, write } = await openProject({ "flags.json": shop });
  await burgee("apply", ...options);
  await write("flags.json", { flags: shop.flags });
  expect((await burgee("apply", ...options)).code).toBe(0);
  expect(await burgee("drift", "--strict", "--json", ...options)).toMatchObject({
    code: 0,
    json: { drift: [] },
  });
});

test("a rule that cannot be compiled is refused", async () => {
  const project = await openProject({
    "flags.json": withRanking({ ...shop.flags["search-ranking"], targeting: { maybe: [] } }),
  });
  const { code, stderr } = await project.burgee("apply", ...store);
  expect([code, stderr]).toEqual([1, expect.stringContaining('unknown operator "maybe"')]);
  expect(await project.files()).toEqual(["flags.json"]);
});

test("a store that is a link, as the files of a ConfigMap are, is not written", async () => {
  const project = await openProject({ "flags.json": ranking(70), "mounted.json": shop });
  await symlink(project.path("mounted.json"), project.path("store.json"));
  const { code, stderr } = await project.burgee("apply", "--keep", "git", ...store);
  expect([code, stderr]).toEqual([
    4,
    expect.stringMatching(/^burgee: [^\n]+ is a link to [^\n]+\n$/),
  ]);
  expect(await project.files()).toEqual(["flags.json", "mounted.json", "store.json"]);
  expect(JSON.parse(await project.read("mounted.json"))).toEqual(shop);
});

test("a store that may not be written is one sentence, and exit code 4", async () => {
  const { options, client } = await openRedis(shop);
  await client.sendCommand([
    "ACL",
    "SETUSER",
    "reader",
    "on",
    ">secret",
    "~*",
    "&*",
    "+@all",
    "-eval",
    "-evalsha",
    "-@write",
  ]);
  const { burgee } = await openProject({ "flags.json": ranking(70) });
  const url = (options[1] ?? "").replace("redis://", "redis://reader:secret@");
  const { code, stderr } = await burgee("apply", "--store", url, "--key", "shop");
  expect(code).toBe(4);
  expect(stderr).toMatch(/^burgee: [^\n]*(NOPERM|no permissions)[^\n]*\n$/i);
  expect(stderr).not.toContain("secret");
});

/** A project whose store was seeded with the shop, and where somebody has killed the ranking since. */
async function killed(): Promise<Project> {
  const project = await seeded();
  const kill = await project.burgee("kill", "search-ranking", "--yes", ...store);
  expect(kill.code).toBe(0);
  return project;
}

test("a rule that cannot be compiled is refused under a hold, too", async () => {
  const project = await killed();
  const before = await project.read("store.json");
  const broken = { ...shop.flags["search-ranking"], targeting: { split: ["words"] } };
  await project.write("flags.json", withRanking(broken));
  const { code, stderr } = await project.burgee("apply", ...store);
  expect([code, stderr]).toEqual([1, expect.stringContaining('unknown operator "split"')]);
  expect(await project.read("store.json")).toBe(before);
});

test("a variant that is held cannot be taken away", async () => {
  const project = await killed();
  const before = await project.read("store.json");
  const { variants: _, targeting: __, ...flag } = shop.flags["search-ranking"];
  const renamed = { ...flag, variants: { bm25: "words" }, defaultVariant: "bm25" };
  await project.write("flags.json", withRanking(renamed));
  for (const command of ["plan", "apply"]) {
    const { code, stderr } = await project.burgee(command, ...store);
    const sentence =
      /^burgee: A kill holds search-ranking at "words"[^\n]+`burgee resume search-ranking`/;
    expect([code, stderr]).toEqual([1, expect.stringMatching(sentence)]);
  }
  expect(await project.read("store.json")).toBe(before);
});

test("a hold ends with its flag, and the plan says so", async () => {
  const project = await killed();
  const { "search-ranking": _, ...flags } = shop.flags;
  await project.write("flags.json", { ...shop, flags });
  const { code, stdout } = await project.burgee("apply", ...store);
  expect([code, stdout]).toEqual([
    0,
    expect.stringContaining("a kill holds it, and is gone with it"),
  ]);
  expect(await flagsOf(project)).toEqual(flags);
});
