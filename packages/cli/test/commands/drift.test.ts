import { writeHold } from "@burgee/core";
import { expect, test } from "vitest";
import { openProject, type Project, shop } from "../project.js";
import { openRedis } from "../redis.js";

const store = ["--store", "store.json"];
const on = { ...shop.flags["new-checkout"], defaultVariant: "on" } as const;

/** A project whose store was seeded with the shop. */
async function seeded(): Promise<Project> {
  const project = await openProject({ "flags.json": shop });
  await project.burgee("apply", ...store);
  return project;
}

async function codes({ burgee }: Project): Promise<(number | null)[]> {
  return [
    (await burgee("drift", ...store)).code,
    (await burgee("drift", "--strict", ...store)).code,
  ];
}

test("a store that holds what Git says is quiet", async () => {
  const project = await seeded();
  const { stdout } = await project.burgee("drift", ...store);
  expect(stdout).toMatch(/^store\.json has what .*flags\.json says\.\n$/);
  expect(await codes(project)).toEqual([0, 0]);
});

test("a hold is no drift", async () => {
  const project = await seeded();
  const held = writeHold(shop.flags["search-ranking"], "kill", "words");
  await project.commit("store.json", { flags: { put: { "search-ranking": held } }, kind: "kill" });
  expect(await codes(project)).toEqual([0, 0]);
});

test("an audited change at run time is told, and fails only where that is asked for", async () => {
  const project = await seeded();
  await project.commit("store.json", { flags: { put: { "new-checkout": on } }, kind: "release" });
  const { stdout } = await project.burgee("drift", ...store);
  expect(stdout).toMatch(/\nnew-checkout +changed at run time +release by ada, .*: a test\n/);
  expect(await codes(project)).toEqual([0, 1]);
});

test("what Git has and was not applied yet fails only where that is asked for", async () => {
  const project = await seeded();
  await project.write("flags.json", { ...shop, flags: { ...shop.flags, "new-checkout": on } });
  expect(await codes(project)).toEqual([0, 1]);
});

test("a change without an entry in the history is an alarm, until it has one", async () => {
  const project = await seeded();
  const flags = { ...shop.flags, "new-checkout": on };
  await project.write("store.json", { ...shop, flags });
  const { stdout } = await project.burgee("drift", ...store);
  expect(stdout).toContain("changed without an entry in the history");
  expect(await codes(project)).toEqual([1, 1]);
  await project.commit("store.json", { flags: { put: { other: on } } });
  expect(await codes(project)).toEqual([0, 1]);
});

test("a hold that was taken off by hand is an alarm, too", async () => {
  const project = await seeded();
  const held = writeHold(shop.flags["search-ranking"], "kill", "words");
  await project.commit("store.json", { flags: { put: { "search-ranking": held } }, kind: "kill" });
  await project.write("store.json", shop);
  expect(await codes(project)).toEqual([1, 1]);
});

test("a conflict is an alarm", async () => {
  const project = await seeded();
  await project.commit("store.json", { flags: { put: { "new-checkout": on } } });
  await project.write("flags.json", JSON.stringify(shop).replace("payments", "checkout"));
  expect(await codes(project)).toEqual([1, 1]);
});

test("a field that was written past the store in Redis is an alarm", async () => {
  const { options, client } = await openRedis(shop);
  const { burgee } = await openProject({ "flags.json": shop });
  expect((await burgee("drift", ...options)).code).toBe(0);
  await client.sendCommand(["HSET", "{shop}:flags", "new-checkout", JSON.stringify(on)]);
  expect((await burgee("drift", ...options)).code).toBe(1);
});
