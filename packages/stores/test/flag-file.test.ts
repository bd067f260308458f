import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeFlagFile } from "@burgee/stores/flag-file";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { flagSetWith } from "./flag-set-with.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "burgee-flag-file-"));
  onTestFinished(() => rm(folder, { recursive: true }));
});

test("just what differs is changed, and what is no flag set stays", async () => {
  const path = join(folder, "flags.json");
  const text = JSON.stringify({ $schema: "https://example.com", ...flagSetWith("off") }, null, 4);
  await writeFile(path, text);
  await chmod(path, 0o640);
  expect(await writeFlagFile(path, flagSetWith("on"))).toBe(true);
  const { $schema, ...flagSet } = JSON.parse(await readFile(path, "utf8"));
  expect([$schema, flagSet]).toEqual(["https://example.com", flagSetWith("on")]);
  expect((await stat(path)).mode & 0o777).toBe(0o640);
  expect(await readdir(folder)).toEqual(["flags.json"]);
});

test("a document that is not there yet is made, and one that says so already is left alone", async () => {
  const path = join(folder, "flags.yaml");
  expect(await writeFlagFile(path, flagSetWith("on"))).toBe(true);
  expect(await writeFlagFile(path, flagSetWith("on"))).toBe(false);
});

test("a document that is faulty, or a link, is not written", async () => {
  const [path, link] = [join(folder, "flags.json"), join(folder, "link.json")];
  await writeFile(path, "{");
  await expect(writeFlagFile(path, flagSetWith("on"))).rejects.toMatchObject({
    code: "INVALID_FLAG_SET",
  });
  await writeFile(path, JSON.stringify(flagSetWith("off")));
  await symlink(path, link);
  await expect(writeFlagFile(link, flagSetWith("on"))).rejects.toMatchObject({
    code: "STORE_READ_ONLY",
  });
  expect((await readdir(folder)).sort()).toEqual(["flags.json", "link.json"]);
});
