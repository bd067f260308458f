import { expect, test } from "vitest";
import { openProject, shop } from "../project.js";
import { openRedis } from "../redis.js";

const on = { put: { "new-checkout": { ...shop.flags["new-checkout"], defaultVariant: "on" } } };

test("every entry says who, when, why and what, the newest last", async () => {
  const { burgee, commit } = await openProject({ "flags.json": shop });
  await commit("flags.json", {
    flags: on,
    kind: "release",
    reason: "everyone",
    origin: { commit: "4f2c" },
  });
  const { code, stdout } = await burgee("history");
  expect(code).toBe(0);
  expect(stdout).toMatch(/ {2}seed {2}unknown: flags\.json was there before its history\n/);
  expect(stdout).toMatch(
    / {2}release {2}ada: everyone\n {4}~ new-checkout {2}revision \w+, commit 4f2c\n/,
  );
  expect(stdout).toMatch(/\n2 entries, verified\.\n$/);
});

test("a flag's history is what changed it, of a history that is verified as a whole", async () => {
  const { options, store } = await openRedis(shop);
  const { id: expected } = await store.read();
  await store.commit({ expected, flags: on, kind: "release", actor: "ada", reason: "everyone" });
  const { burgee } = await openProject();
  const { json } = await burgee("history", "new-checkout", "--limit", "1", "--json", ...options);
  expect(json).toMatchObject({ verified: true, entries: [{ kind: "release" }] });
  expect(await burgee("history", "free-shipping", "--json", ...options)).toMatchObject({
    json: { verified: true, entries: [{ kind: "seed" }] },
  });
});

test("an entry that was changed breaks the history", async () => {
  const { burgee, commit, read, write } = await openProject({ "flags.json": shop });
  await commit("flags.json", { flags: on, kind: "release" });
  await commit("flags.json", { flags: { remove: ["free-shipping"] } });
  const text = await read("flags.json.audit.jsonl");
  await write("flags.json.audit.jsonl", text.replace('"kind":"release"', '"kind":"guard"'));
  const { code, stdout } = await burgee("history");
  expect([code, stdout]).toEqual([1, expect.stringMatching(/The history is broken at revision/)]);
  expect(await burgee("history", "--json")).toMatchObject({ code: 1, json: { verified: false } });
});

test("a key that did not sign it breaks the history", async () => {
  const { burgee, burgeeWith, commit } = await openProject({ "flags.json": shop });
  await commit("flags.json", { flags: on });
  const key = "0123456789abcdef0123456789abcdef";
  expect((await burgee("history")).code).toBe(0);
  expect((await burgeeWith({ BURGEE_AUDIT_KEY: key }, "history")).code).toBe(1);
});

test("an edit by hand is told", async () => {
  const { burgee, commit, read, write } = await openProject({ "flags.json": shop });
  await commit("flags.json", { flags: on });
  await write("flags.json", (await read("flags.json")).replace("payments", "checkout"));
  expect((await burgee("history")).stdout).toContain("changed by hand since its newest entry");
});

test("what others wrote reaches no terminal as a command, and begins no line", async () => {
  const { burgee, commit } = await openProject({ "flags.json": shop });
  await commit("flags.json", {
    flags: on,
    reason: "fine\n2 entries, verified.\u001B]0;owned\u0007",
  });
  const { stdout } = await burgee("history");
  expect(stdout).toContain("ada: fine 2 entries, verified.\\x1b]0;owned\\x07\n");
});
