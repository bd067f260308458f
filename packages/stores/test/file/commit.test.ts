import { spawn } from "node:child_process";
import { once } from "node:events";
import { watch, writeFileSync } from "node:fs";
import {
  appendFile,
  chmod,
  copyFile,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditEntry, FlagChange, FlagStore } from "@burgee/core";
import { verifyHistory } from "@burgee/stores/audit";
import { fileStore } from "@burgee/stores/file";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { buildProgram } from "../build-program.js";
import { listen } from "../events.js";
import { flagSetWith } from "../flag-set-with.js";

const on = JSON.stringify(flagSetWith("on"));
const off = JSON.stringify(flagSetWith("off"));

let folder: string;
let path: string;
let store: FlagStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "burgee-commit-"));
  path = join(folder, "flags.json");
  store = fileStore(path);
  await writeFile(path, off);
});

afterEach(() => rm(folder, { recursive: true }));

function turning(variant: "on" | "off", expected: string): FlagChange {
  const { flags } = flagSetWith(variant);
  return { expected, flags: { put: flags }, actor: "ada", reason: "a test", kind: "release" };
}

async function commit(variant: "on" | "off"): Promise<AuditEntry> {
  return await store.commit(turning(variant, (await store.read()).id));
}

async function history(): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for await (const entry of store.history()) entries.push(entry);
  return entries;
}

/** What a history tells, the newest first. */
async function told(): Promise<string[]> {
  return (await history()).map(({ actor, kind, reason }) => `${kind} by ${actor}: ${reason}`);
}

const auditOf = (file: string) => `${file}.audit.jsonl`;
const nextOf = (name = "flags.json") => join(folder, `.${name}.next`);

describe("what was done by hand", () => {
  test("before there was a history is its first entry, of the time of the file", async () => {
    const time = new Date("2026-01-01T12:00:00.000Z");
    await utimes(path, time, time);
    const { id } = await store.read();
    await commit("on");
    expect(await told()).toEqual([
      "release by ada: a test",
      "seed by unknown: flags.json was there before its history",
    ]);
    expect((await history())[1]).toMatchObject({
      revision: id,
      time: time.toISOString(),
      flags: { "new-checkout": { after: flagSetWith("off").flags["new-checkout"] } },
      previous: "",
    });
  });

  test("is served at once, and in the history from the next commit on", async () => {
    await commit("on");
    const listener = listen(store);
    const edited = { ...flagSetWith("off"), metadata: { version: "2" } };
    await writeFile(path, JSON.stringify(edited));
    await listener.until(() => listener.revisions.at(-1)?.flagSet.metadata?.["version"] === "2");
    listener.stop();
    expect(await history()).toHaveLength(2);
    await commit("on");
    const [last, manual, first] = await history();
    expect(last?.previous).toBe(manual?.hash);
    expect(manual).toMatchObject({
      actor: "unknown",
      kind: "manual",
      reason: "flags.json was changed by hand",
      flags: {
        "new-checkout": {
          before: first?.flags["new-checkout"]?.after,
          after: edited.flags["new-checkout"],
        },
      },
      metadata: { after: { version: "2" } },
    });
    await verifyHistory(await history(), { revision: (await store.read()).id });
  });

  test("that sets it back to what it was before the last commit is an edit, too", async () => {
    await commit("on");
    await writeFile(path, off);
    expect(await told()).toHaveLength(2);
    await commit("on");
    expect(await told()).toEqual([
      "release by ada: a test",
      "manual by unknown: flags.json was changed by hand",
      "release by ada: a test",
      "seed by unknown: flags.json was there before its history",
    ]);
    await verifyHistory(await history(), { revision: (await store.read()).id });
  });

  test("is not written down by a commit that fails", async () => {
    await commit("on");
    await writeFile(path, off);
    await expect(store.commit(turning("on", "another"))).rejects.toThrow("REVISION_CONFLICT");
    expect(await told()).toHaveLength(2);
  });

  test("with a fault in it refuses commits, and loses nothing", async () => {
    const { id } = await store.read();
    await writeFile(path, off.slice(0, -5));
    await expect(store.read()).rejects.toThrow("INVALID_FLAG_SET");
    await expect(store.commit(turning("on", id))).rejects.toThrow("REVISION_CONFLICT");
    expect(await readFile(path, "utf8")).toBe(off.slice(0, -5));
  });
});

test.each([".flags.json.next", "flags.json.audit.jsonl"])(
  "an edit by hand while %s is written is not lost: the commit conflicts",
  async (step) => {
    await commit("on");
    const { id } = await store.read();
    const edited = { ...flagSetWith("on"), metadata: { by: "hand" } };
    const watcher = watch(folder, (_event, name) => {
      if (name !== step) return;
      watcher.close();
      writeFileSync(path, JSON.stringify(edited));
    });
    const conflict = { code: "REVISION_CONFLICT" };
    await expect(store.commit(turning("off", id))).rejects.toMatchObject(conflict);
    expect((await store.read()).flagSet).toEqual(edited);
    expect(await told()).toHaveLength(2);
    await commit("off");
    await verifyHistory(await history(), { revision: (await store.read()).id });
  },
);

describe("a file that is not there yet", () => {
  beforeEach(() => rm(path));

  test("is made by a commit that expects none", async () => {
    await expect(store.read()).rejects.toThrow("SOURCE_UNAVAILABLE");
    await expect(store.commit(turning("on", "1"))).rejects.toMatchObject({
      code: "REVISION_CONFLICT",
      revision: "",
    });
    const entry = await store.commit({ ...turning("on", ""), kind: "seed" });
    expect((await store.read()).flagSet).toEqual(flagSetWith("on"));
    expect(await readFile(path, "utf8")).toBe(`${JSON.stringify(flagSetWith("on"), null, 2)}\n`);
    expect(await history()).toEqual([entry]);
  });

  test("and was removed by hand: that is an entry, and the history goes on", async () => {
    await store.commit(turning("on", ""));
    await rm(path);
    await store.commit(turning("off", ""));
    expect(await told()).toEqual([
      "release by ada: a test",
      "manual by unknown: flags.json was changed by hand",
      "release by ada: a test",
    ]);
    expect((await history())[1]?.flags["new-checkout"]?.after).toBeUndefined();
  });

  test("in a folder that is not there cannot be written", async () => {
    const lost = fileStore(join(folder, "none", "flags.json"));
    await expect(lost.commit(turning("on", ""))).rejects.toMatchObject({
      code: "SOURCE_UNAVAILABLE",
      message: expect.stringContaining("flags.json cannot be written: ENOENT"),
    });
  });
});

describe("after a crash", () => {
  /** The file and its history as they were when a commit ended between two writes. */
  async function crashed(at: {
    readonly next: boolean;
    readonly entry: boolean;
  }): Promise<AuditEntry> {
    await commit("off");
    const before = auditOf(join(folder, "before"));
    await copyFile(auditOf(path), before);
    await copyFile(path, join(folder, "before"));
    const entry = await commit("on");
    if (at.next) await copyFile(path, nextOf());
    if (!at.entry) await rename(before, auditOf(path));
    await rename(join(folder, "before"), path);
    return entry;
  }

  test("a commit whose entry was written is completed by the next read", async () => {
    const { revision, hash } = await crashed({ next: true, entry: true });
    expect(await store.read()).toMatchObject({ id: revision, flagSet: flagSetWith("on") });
    expect((await history())[0]?.hash).toBe(hash);
    expect(await readdir(folder)).not.toContain(".flags.json.next");
  });

  test("or by whoever follows the file", async () => {
    const { revision } = await crashed({ next: true, entry: true });
    const listener = listen(store);
    await listener.until(() => listener.revisions.at(-1)?.id === revision);
    listener.stop();
  });

  test("or by the next commit", async () => {
    const { revision, hash } = await crashed({ next: true, entry: true });
    const entry = await store.commit(turning("off", revision));
    expect(entry.previous).toBe(hash);
    await verifyHistory(await history(), { revision: (await store.read()).id });
  });

  test("one without an entry is dropped", async () => {
    const { hash } = await crashed({ next: true, entry: false });
    const { id, flagSet } = await store.read();
    expect(flagSet).toEqual(flagSetWith("off"));
    const entries = await history();
    expect(entries.map((entry) => entry.hash)).not.toContain(hash);
    await verifyHistory(entries, { revision: id });
    expect(await readdir(folder)).not.toContain(".flags.json.next");
  });

  test("one whose entry is torn is dropped, with what there is of it", async () => {
    await crashed({ next: true, entry: true });
    const lines = await readFile(auditOf(path), "utf8");
    await writeFile(auditOf(path), lines.slice(0, -40));
    expect((await store.read()).flagSet).toEqual(flagSetWith("off"));
    await commit("on");
    await verifyHistory(await history(), { revision: (await store.read()).id });
  });

  test("one whose file was edited by hand since is dropped: the edit is newer", async () => {
    const { hash } = await crashed({ next: true, entry: true });
    const edited = { ...flagSetWith("off"), metadata: { by: "hand" } };
    await writeFile(path, JSON.stringify(edited));
    expect((await store.read()).flagSet).toEqual(edited);
    await commit("on");
    expect((await history()).map((entry) => entry.hash)).not.toContain(hash);
    await verifyHistory(await history(), { revision: (await store.read()).id });
  });

  test("what was left of a new file that was not written to its end is removed", async () => {
    await commit("on");
    await writeFile(nextOf(), "{");
    expect((await store.read()).flagSet).toEqual(flagSetWith("on"));
    await commit("off");
    expect((await readdir(folder)).sort()).toEqual(["flags.json", "flags.json.audit.jsonl"]);
  });

  test("an entry that was not written to its end is taken away by the next commit", async () => {
    await commit("on");
    await appendFile(auditOf(path), '{"revision":');
    expect(await history()).toHaveLength(2);
    await commit("off");
    expect(await history()).toHaveLength(3);
    await verifyHistory(await history());
  });
});

test("a history with a line that is no entry refuses commits once it is needed, and says where", async () => {
  await writeFile(auditOf(path), "garbage\n");
  await expect(commit("on")).rejects.toMatchObject({
    code: "BROKEN_CHAIN",
    message: expect.stringContaining(`${auditOf(path)}, byte 0: `),
  });
  expect(await readFile(path, "utf8")).toBe(off);
});

test("a commit keeps the file's mode, its other fields, and how it is written", async () => {
  await writeFile(path, `{\n\t"$schema": "x",\n\t"flags": {}\n}\n`);
  await chmod(path, 0o640);
  await commit("on");
  expect((await stat(path)).mode & 0o777).toBe(0o640);
  const text = await readFile(path, "utf8");
  expect(text.startsWith('{\n\t"$schema": "x",\n\t"flags": {\n\t\t"new-checkout": {\n')).toBe(true);
  expect(text.endsWith("}\n")).toBe(true);
});

test("a commit says what it has changed, so that no one has to find out", async () => {
  const listener = listen(store);
  await listener.until(() => listener.revisions.length === 1);
  const { id } = await store.read();
  await commit("on");
  expect(listener.revisions.at(-1)?.delta).toEqual({
    from: id,
    flags: { put: flagSetWith("on").flags },
  });
  listener.stop();
});

test("what would be larger than what is read is refused", async () => {
  const huge = { ...flagSetWith("on").flags["new-checkout"], metadata: { a: "x".repeat(1e7) } };
  const change = { ...turning("on", (await store.read()).id), flags: { put: { huge } } };
  await expect(store.commit(change as FlagChange)).rejects.toThrow(/larger than.*INVALID_FLAG_SET/);
  expect(await readFile(path, "utf8")).toBe(off);
});

test("a file with a rule too deep to be written is served, and refuses commits", async () => {
  const rule = `${'{"!":['.repeat(50_000)}true${"]}".repeat(50_000)}`;
  await writeFile(path, off.replace('"variants"', `"targeting":${rule},"variants"`));
  const { id } = await store.read();
  await expect(store.commit(turning("on", id))).rejects.toThrow("INVALID_FLAG_SET");
  expect((await store.read()).id).toBe(id);
});

describe("a file that cannot be written is a source", () => {
  test("a link, as a ConfigMap has: it says what it links to", async () => {
    const link = join(folder, "link.json");
    await symlink("flags.json", link);
    store = fileStore(link);
    await expect(commit("on")).rejects.toMatchObject({
      code: "STORE_READ_ONLY",
      message: expect.stringContaining(`${link} is a link to flags.json`),
    });
    const listener = listen(store);
    await writeFile(path, on);
    await listener.until(
      () => listener.revisions.at(-1)?.flagSet.flags["new-checkout"]?.defaultVariant === "on",
    );
    listener.stop();
  });

  test.each<[string, () => Promise<void>, string]>([
    ["a file that is protected", () => chmod(path, 0o444), "flags.json'"],
    ["a folder that is protected", () => chmod(folder, 0o555), "burgee-commit-"],
    [
      "a history that is protected",
      async () => {
        await commit("off");
        await chmod(auditOf(path), 0o444);
      },
      "audit.jsonl'",
    ],
  ])("%s", async (_, protect, named) => {
    const program = await buildProgram("file/committer.ts", folder);
    await chmod(program, 0o444);
    for (const open of [folder, path]) await chmod(open, 0o777);
    await protect();
    const before = await readdir(folder);
    // The superuser may write everywhere.
    const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const child = spawn(process.execPath, [program, path, "ada", "1"], {
      ...user,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      errors += text;
    });
    expect((await once(child, "close"))[0]).toBe(1);
    expect(errors).toContain("code: 'STORE_READ_ONLY'");
    expect(errors).toMatch(new RegExp(`cannot be written: EACCES.*${named}`));
    expect(await readdir(folder)).toEqual(before);
    await chmod(folder, 0o755);
  });
});
