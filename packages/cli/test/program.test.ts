import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { openProject, shop } from "./project.js";
import { openRedis } from "./redis.js";

test("help says what there is, and what it ends with", async () => {
  const { burgee } = await openProject();
  const { code, stdout, stderr } = await burgee("--help");
  expect([code, stderr]).toEqual([0, ""]);
  for (const word of ["check", "list", "history", "pull", "Exit codes:", "Examples:"]) {
    expect(stdout).toContain(word);
  }
  expect(await burgee("history", "--help")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("$ burgee history new-checkout"),
  });
});

test("a command line that cannot be read is one sentence, and exit code 2", async () => {
  const { burgee } = await openProject();
  for (const args of [
    ["chek"],
    ["check", "--nope"],
    ["history", "--limit", "0"],
    ["list", "extra"],
    ["release", "new-checkout", "--percent", "10", "--reason", " ", "--yes"],
    ["resume", "new-checkout", "--reason", "--yes"],
  ]) {
    const { code, stdout, stderr } = await burgee(...args);
    expect([code, stdout, stderr]).toEqual([
      2,
      "",
      expect.stringMatching(/^burgee: [^\n]+; see burgee help\.\n$/),
    ]);
  }
  expect(await burgee()).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("Usage: burgee"),
  });
});

test("a day that no calendar has is no date", async () => {
  const { burgee } = await openProject({ "flags.json": shop });
  const release = ["release", "new-checkout", "--percent", "10", "--reason", "a test", "--yes"];
  for (const command of [["explain", "new-checkout"], ["stale"], release]) {
    for (const date of ["2027-02-30", "2027-02-29T09:00Z", "2027-04-31T09:00:00+01:00"]) {
      const { code, stderr } = await burgee(...command, "--at", date);
      const day = date.slice(0, 10);
      expect([code, stderr]).toEqual([2, expect.stringContaining(`No calendar has ${day}`)]);
    }
  }
  expect((await burgee("explain", "new-checkout", "--at", "2028-02-29T24:00Z")).code).toBe(0);
});

test("with --json an error is a JSON document, too", async () => {
  const { burgee } = await openProject();
  expect(await burgee("list", "--json")).toMatchObject({
    code: 4,
    json: { error: { code: "store", message: expect.stringContaining("flags.json") } },
  });
  expect(await burgee("chek", "--json")).toMatchObject({
    code: 2,
    json: { error: { code: "usage" } },
  });
});

test("a store that cannot be reached is one sentence without its password, and exit code 4", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  const { burgee } = await openProject();
  const url = `redis://ada:hunter2@127.0.0.1:${port}`;
  const { code, stderr } = await burgee("list", "--store", url, "--key", "shop");
  expect(code).toBe(4);
  expect(stderr).toMatch(
    /^burgee: shop at redis:\/\/127\.0\.0\.1:\d+ cannot be reached: [^\n]+\n$/,
  );
  expect(stderr).not.toContain("hunter2");
});

test("a store that does not answer is one sentence, and exit code 4, in time", async () => {
  const { options, server } = await openRedis(shop);
  const { burgee } = await openProject();
  server.pause();
  const { code, stderr } = await burgee("list", ...options);
  server.resume();
  expect([code, stderr]).toEqual([
    4,
    expect.stringMatching(/^burgee: shop at [^\n]+ 5000 ms[^\n]+\n$/),
  ]);
});

test("a store in Redis needs a name, by option, environment, URL or configuration", async () => {
  const { options, server } = await openRedis(shop);
  const { burgee, burgeeWith, write } = await openProject();
  expect(await burgee("list", "--store", server.url)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--key NAME"),
  });
  expect((await burgee("list", ...options)).code).toBe(0);
  expect((await burgee("list", "--store", `${server.url}?key=shop`)).code).toBe(0);
  expect((await burgeeWith({ BURGEE_STORE: server.url, BURGEE_KEY: "shop" }, "list")).code).toBe(0);
  await write("burgee.config.mjs", `export default { store: "${server.url}", key: "shop" };`);
  expect((await burgee("list")).code).toBe(0);
});

test("a configuration that cannot be used says why", async () => {
  const { burgee, write } = await openProject();
  const texts: [text: string, why: string][] = [
    ["export default { stor: 'flags.json' };", 'knows no "stor"'],
    ["export default { store: 1 };", "needs a text for store"],
    ["export const config = {};", "has no configuration"],
    ["export default {", "cannot be loaded"],
  ];
  for (const [text, why] of texts) {
    await write("burgee.config.ts", text);
    const { code, stderr } = await burgee("list");
    expect([code, stderr]).toEqual([2, expect.stringContaining(why)]);
  }
});

test("colours are for terminals, and for those who want them", async () => {
  const { burgeeWith, onTerminal } = await openProject({ "flags.json": shop });
  const piped = await burgeeWith({ FORCE_COLOR: "1", CI: "1" }, "list");
  expect(piped.stdout).not.toContain("\u001B");
  const { code, stdout } = await onTerminal(["list"]);
  expect([code, stdout]).toEqual([0, expect.stringContaining("\u001B[1mnew-checkout\u001B[22m")]);
  for (const plain of [
    await onTerminal(["list", "--no-color"]),
    await onTerminal(["list"], undefined, { NO_COLOR: "1" }),
    await onTerminal(["list", "--json"]),
  ]) {
    expect(plain.stdout).not.toContain("\u001B");
  }
});

/** Commands to a terminal, colours among them, and characters that turn the direction of a text. */
const commands = "\u001B]0;owned\u0007\u001B[31m\u009B2J\r\u007F\u202E\u2067\u200F\u061C\u2028";
const visible = "\\x1b]0;owned\\x07\\x1b[31m\\x9b2J \\x7f\\u202e\\u2067\\u200f\\u061c ";
const raw =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /\u001B\]|x07\u001B|[\u0007\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/;

test("no text of a store's reaches a terminal as a command: not in a table, a question, or JSON", async () => {
  const old = { ...shop.flags["new-checkout"], metadata: { expires: "2020-01-01" } };
  const { burgeeWith, onTerminal } = await openProject({
    "flags.json": { flags: { [`beta${commands}`]: old } },
  });
  const question = { to: "Disable", keys: "n" };
  const { code, stdout } = await onTerminal(["stale", "--archive"], question);
  expect([code, stdout]).toEqual([5, expect.stringContaining(`beta${visible}`)]);
  expect(stdout).not.toMatch(raw);
  for (const args of [["list"], ["list", "--json"], ["explain", "nope", "--json"]]) {
    const told = await burgeeWith({}, ...args);
    expect(told.stdout + told.stderr).not.toMatch(raw);
    expect(told.stdout + told.stderr).not.toContain("\u001B");
    if (args.includes("--json")) expect(told.json).toBeDefined();
  }
});

test("nor does a text of a flag's, its history's or its rule's, whatever command prints it", async () => {
  const hostile = {
    state: "ENABLED",
    variants: { [`on${commands}`]: `yes${commands}`, off: "no" },
    defaultVariant: `on${commands}`,
    targeting: { if: [{ "==": [{ var: `plan${commands}` }, commands] }, "off"] },
    metadata: {
      owner: `ada${commands}`,
      kind: commands,
      description: commands,
      requires: commands,
    },
  } as const;
  const { burgee, burgeeWith, commit, onTerminal } = await openProject({
    "flags.json": { flags: { beta: hostile } },
    "store.json": { flags: { beta: { ...hostile, defaultVariant: "off" } } },
  });
  await commit("store.json", {
    actor: `eve${commands}`,
    reason: commands,
    origin: { build: commands },
    flags: { put: { beta: { ...hostile, defaultVariant: "off", targeting: null } } },
  });
  const release = ["release", "beta", "--percent", "5", "--variant", "off", "--reason", "a test"];
  for (const args of [
    ["list"],
    ["history"],
    ["plan"],
    ["drift"],
    ["check"],
    ["explain", "beta"],
    ["simulate", "beta"],
    ["rollback", "beta"],
    ["kill", "beta", "--variant", "nope"],
    ["stale", "--at", "2099-01-01"],
    ["types"],
    release,
  ]) {
    for (const json of [[], ["--json"]]) {
      const told = await burgee(...args, ...json, "--store", "store.json");
      expect([args, told.stdout + told.stderr]).not.toEqual([args, expect.stringMatching(raw)]);
      if (json.length > 0) expect(told.json).toBeDefined();
    }
    const { stdout } = await onTerminal([...args, "--store", "store.json"], { to: "?", keys: "n" });
    expect([args, stdout]).not.toEqual([args, expect.stringMatching(raw)]);
  }
  const { json } = await burgeeWith({ BURGEE_STORE: "store.json" }, "list", "--json");
  expect(json).toMatchObject({ flags: [{ metadata: { description: commands } }] });
});
