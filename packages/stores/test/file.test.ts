import { createHook } from "node:async_hooks";
import { mkdir, mkdtemp, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRuleset, type Revision } from "@burgee/core";
import { fileStore } from "@burgee/stores/file";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { testSource, testStore } from "./contract.js";
import { listen, type Told } from "./events.js";
import { flagSetWith } from "./flag-set-with.js";

const on = JSON.stringify(flagSetWith("on"));
const off = JSON.stringify(flagSetWith("off"));

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "burgee-file-"));
  path = join(folder, "flags.json");
});

afterEach(() => rm(folder, { recursive: true }));

function serves(told: Told, variant: "on" | "off"): () => boolean {
  return () => told.revisions.at(-1)?.flagSet.flags["new-checkout"]?.defaultVariant === variant;
}

describe("a source", () => {
  testSource(async (flagSet) => {
    await writeFile(path, JSON.stringify(flagSet));
    return {
      source: fileStore(path),
      change: (changed) => writeFile(path, JSON.stringify(changed)),
    };
  });
});

describe.each(["flags.json", "flags.yaml"])("a store in %s", (name) => {
  testStore(async ({ flagSet, auditKey }) => {
    const file = join(folder, name);
    await writeFile(file, JSON.stringify(flagSet));
    const options = auditKey === undefined ? {} : { auditKey };
    return { store: fileStore(file, options), other: fileStore(file, options) };
  });
});

test("follows an editor that writes beside the file and renames", async () => {
  await writeFile(path, off);
  const told = listen(fileStore(path));
  for (const [content, variant] of [
    [on, "on"],
    [off, "off"],
    [on, "on"],
  ] as const) {
    await writeFile(`${path}~`, content);
    await rename(`${path}~`, path);
    await told.until(serves(told, variant));
  }
  told.stop();
  expect(told.problems).toEqual([]);
});

test("follows the link that Kubernetes swaps under a ConfigMap", async () => {
  await mkdir(join(folder, "..2026_01"));
  await mkdir(join(folder, "..2026_02"));
  await writeFile(join(folder, "..2026_01", "flags.json"), off);
  await writeFile(join(folder, "..2026_02", "flags.json"), on);
  await symlink("..2026_01", join(folder, "..data"));
  await symlink(join("..data", "flags.json"), path);
  const told = listen(fileStore(path));
  await told.until(serves(told, "off"));
  await symlink("..2026_02", join(folder, "..data_tmp"));
  await rename(join(folder, "..data_tmp"), join(folder, "..data"));
  await told.until(serves(told, "on"));
  told.stop();
});

test("follows a file reached through a folder that is swapped", async () => {
  for (const [name, content] of [
    ["blue", off],
    ["green", on],
  ] as const) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "flags.json"), content);
  }
  await symlink("blue", join(folder, "live"));
  const told = listen(fileStore(join(folder, "live", "flags.json")));
  await told.until(serves(told, "off"));
  await symlink("green", join(folder, "next"));
  await rename(join(folder, "next"), join(folder, "live"));
  await told.until(serves(told, "on"));
  told.stop();
});

test("a torn file keeps the last good revision, is a problem, and heals", async () => {
  await writeFile(path, off);
  const told = listen(fileStore(path));
  await told.until(serves(told, "off"));
  await writeFile(path, on.slice(0, 20));
  await told.until(() => told.problems.length === 1);
  expect(told.problems[0]).toMatchObject({ code: "INVALID_FLAG_SET" });
  expect(told.problems[0]?.message).toContain(`${path}:1:21: `);
  expect(told.revisions).toHaveLength(1);
  await writeFile(path, on);
  await told.until(serves(told, "on"));
  told.stop();
});

test("an invalid file names its fault; set back, the revision held is verified", async () => {
  await writeFile(path, off);
  const told = listen(fileStore(path));
  await told.until(serves(told, "off"));
  await writeFile(path, '{"flags":[]}');
  await told.until(() => told.problems.length === 1);
  expect(told.problems[0]?.message).toContain("/flags must be an object of flags by key");
  await writeFile(path, off);
  await told.until(() => told.verified > 0);
  told.stop();
  expect(told.revisions).toHaveLength(1);
});

test("a file that is missing is a problem, and is found when it comes", async () => {
  const late = join(folder, "made", "later", "flags.json");
  const told = listen(fileStore(late));
  await told.until(() => told.problems.length === 1);
  expect(told.problems[0]).toMatchObject({ code: "SOURCE_UNAVAILABLE" });
  expect(told.problems[0]?.message).toContain(`${late} cannot be read`);
  await mkdir(join(folder, "made", "later"), { recursive: true });
  await writeFile(late, on);
  await told.until(serves(told, "on"));
  told.stop();
});

test("a file that is missing holds no revision; what else cannot be read may hold one", async () => {
  const missing = { code: "SOURCE_UNAVAILABLE", revision: "" };
  await expect(fileStore(join(folder, "no.json")).read()).rejects.toMatchObject(missing);
  const strange = await fileStore(folder)
    .read()
    .catch((error) => error);
  expect([strange.code, strange.revision]).toEqual(["SOURCE_UNAVAILABLE", undefined]);
});

test("a folder, or a file too large to be one, is a problem", async () => {
  const folders = listen(fileStore(folder));
  await folders.until(() => folders.problems.length === 1);
  expect(folders.problems[0]?.message).toContain("it is not a file");
  folders.stop();

  await writeFile(path, "");
  await truncate(path, 10_000_001);
  const large = listen(fileStore(path));
  await large.until(() => large.problems.length === 1);
  expect(large.problems[0]?.message).toContain("10000001 bytes, and at most 10000000 are read");
  large.stop();
});

test("a file that was only touched is verified, not told again", async () => {
  await writeFile(path, off);
  const told = listen(fileStore(path));
  await told.until(serves(told, "off"));
  await writeFile(path, off);
  await told.until(() => told.verified > 0);
  told.stop();
  expect(told.revisions).toHaveLength(1);
});

test("nothing is watched before the first subscriber and after the last", async () => {
  const watches = new Set<number>();
  const hook = createHook({
    init: (id, type) => /FSEVENT|STATWATCHER/.test(type) && watches.add(id),
    destroy: (id) => watches.delete(id),
  }).enable();
  await writeFile(path, off);
  const store = fileStore(path);
  expect(watches.size).toBe(0);
  const [first, second] = [listen(store), listen(store)];
  await second.until(serves(second, "off"));
  expect(watches.size).toBe(2);
  first.stop();
  expect(watches.size).toBe(2);
  second.stop();
  await vi.waitFor(() => expect(watches.size).toBe(0));
  hook.disable();
});

test.each([10_000, 100_000])(
  "a rule nested %d deep is read, and is the trouble of its flag alone",
  async (depth) => {
    const rule = `${'{"!":['.repeat(depth / 2)}true${"]}".repeat(depth / 2)}`;
    const flag = (targeting: string) =>
      `{"state":"ENABLED","variants":{"on":true,"off":false},"targeting":${targeting}}`;
    const good = flag('{"if":[true,"on"]}');
    await writeFile(path, `{"flags":{"deep":${flag(rule)},"good":${good}}}`);
    const told = listen(fileStore(path));
    await told.until(() => told.revisions.length === 1);
    told.stop();
    const ruleset = createRuleset((told.revisions[0] as Revision).flagSet);
    expect(ruleset.evaluate("deep", false, {}).errorCode).toBe("PARSE_ERROR");
    expect(ruleset.evaluate("good", false, {}).value).toBe(true);
  },
);
