import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditEntry } from "@burgee/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { auditEntry } from "../../src/audit-entry.js";
import { type AuditLog, auditLogOf } from "../../src/file/audit-log.js";

let folder: string;
let path: string;
let log: AuditLog;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "burgee-log-"));
  path = join(folder, "flags.json.audit.jsonl");
  log = auditLogOf(join(folder, "flags.json"));
});

afterEach(() => rm(folder, { recursive: true }));

function entryOf(revision: string, reason = "a test"): AuditEntry {
  const change = { expected: "", actor: "ada", reason, kind: "release" } as const;
  return auditEntry(change, { flags: {} }, { revision, previous: "" });
}

test("a history that is not there yet has no entries", async () => {
  expect(await log.newest(1)).toEqual([]);
  await log.dropTorn();
  await log.dropNewest();
  await log.append(entryOf("1"));
  expect(await log.newest(1)).toEqual(
    [entryOf("1", "a test")].map(({ time: _, hash: __, ...rest }) => expect.objectContaining(rest)),
  );
});

test("entries are read from the end, whatever their size", async () => {
  const sizes = [1, 70_000, 3, 65_400, 65_536, 200_000, 10];
  const entries = sizes.map((size, index) => entryOf(String(index), "旗".repeat(size)));
  for (const entry of entries) await log.append(entry);
  expect(await log.newest(100)).toEqual(entries.toReversed());
  expect(await log.newest(2)).toEqual(entries.toReversed().slice(0, 2));
});

test("the newest is taken away, and the one before it, until there is none", async () => {
  const [first, second] = [entryOf("1", "a".repeat(70_000)), entryOf("2")];
  await log.append(first);
  await log.append(second);
  await log.dropNewest();
  expect(await log.newest(9)).toEqual([first]);
  await log.dropNewest();
  expect(await readFile(path, "utf8")).toBe("");
  await log.dropNewest();
  expect(await log.newest(9)).toEqual([]);
});

test("what was not written to its end is not read, and is taken away", async () => {
  const entry = entryOf("1");
  await log.append(entry);
  const whole = await readFile(path, "utf8");
  await log.dropTorn();
  expect(await readFile(path, "utf8")).toBe(whole);
  for (const torn of ["{", JSON.stringify(entryOf("2")), "\0".repeat(100_000)]) {
    await appendFile(path, torn);
    expect(await log.newest(9)).toEqual([entry]);
    await log.dropTorn();
    expect(await readFile(path, "utf8")).toBe(whole);
  }
});

test("a first entry that was not written to its end is taken away", async () => {
  await writeFile(path, "{");
  expect(await log.newest(9)).toEqual([]);
  await log.dropTorn();
  expect(await readFile(path, "utf8")).toBe("");
});

test.each(["garbage", "null", "[]", '{"hash":1}', '""', ""])(
  "a line that is no entry, %j, is named once it is reached",
  async (line) => {
    await writeFile(path, `${line}\n${JSON.stringify(entryOf("2"))}\n`);
    expect(await log.newest(1)).toHaveLength(1);
    await expect(log.newest(2)).rejects.toMatchObject({
      code: "BROKEN_CHAIN",
      message: expect.stringContaining(`${path}, byte 0: `),
    });
  },
);
