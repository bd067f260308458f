import { once } from "node:events";
import { symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { openProject, shop } from "../project.js";
import { openRedis } from "../redis.js";

const key = "new-checkout";
const why = ["--reason", "a try", "--yes"];
const release = ["release", key, "--percent", "10", ...why];
const rollback = ["rollback", key, ...why];
const kill = ["kill", key, ...why];
const resume = ["resume", key, ...why];
const reading = [
  ["explain", key],
  ["simulate", key, "--percent", "10"],
];
const all = [release, rollback, kill, resume, ...reading].map((command) => ({ command }));

test.each(all)(
  "a malformed document is one sentence, and nothing is written: $command.0",
  async ({ command }) => {
    const { burgee, files, read } = await openProject({ "flags.json": '{"flags": {' });
    const { code, stdout, stderr } = await burgee(...command);
    expect([code, stdout, stderr]).toEqual([
      2,
      "",
      expect.stringMatching(/^burgee: [^\n]*flags\.json[^\n]+\n$/),
    ]);
    expect([await files(), await read("flags.json")]).toEqual([["flags.json"], '{"flags": {']);
  },
);

test.each(all)(
  "an unknown flag is one sentence, and names those there are: $command.0",
  async ({ command }) => {
    const [name = "", , ...more] = command;
    const { burgee, files } = await openProject({ "flags.json": shop });
    const { code, stderr } = await burgee(name, "nope", ...more);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(
        /^burgee: flags\.json has no flag "nope"; it has new-checkout, [^\n]+\n$/,
      ),
    ]);
    const { json } = await burgee(name, "__proto__", ...more, "--json");
    expect(json).toMatchObject({ error: { code: "usage" } });
    expect(await files()).toEqual(["flags.json"]);
  },
);

test.each(all)(
  "a store that cannot be reached is one sentence, and exit code 4: $command.0",
  async ({ command }) => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    server.close();
    const { burgee } = await openProject();
    const { code, stderr } = await burgee(
      ...command,
      "--store",
      `redis://127.0.0.1:${port}`,
      "--key",
      "shop",
    );
    expect([code, stderr]).toEqual([
      4,
      expect.stringMatching(/^burgee: [^\n]+ cannot be reached: [^\n]+\n$/),
    ]);
  },
);

test.each([
  { before: [], command: release },
  { before: release, command: rollback },
  { before: [], command: kill },
  { before: kill, command: resume },
])(
  "who may not write is told so, and nothing is written: $command.0",
  async ({ before, command }) => {
    const { client, options, store } = await openRedis(shop);
    const { burgee } = await openProject();
    if (before.length > 0) expect((await burgee(...before, ...options)).code).toBe(0);
    const held = await store.read();
    const rules = ["on", ">secret", "~*", "&*", "+@all", "-eval", "-evalsha", "-@write"];
    await client.sendCommand(["ACL", "SETUSER", "reader", ...rules]);
    const url = (options[1] ?? "").replace("redis://", "redis://reader:secret@");
    const { code, stderr } = await burgee(...command, "--store", url, "--key", "shop");
    expect([code, stderr]).toEqual([
      4,
      expect.stringMatching(/^burgee: [^\n]*(NOPERM|no permissions)[^\n]*\n$/i),
    ]);
    expect(stderr).not.toContain("secret");
    expect(await store.read()).toEqual(held);
  },
);

test("a store that is a link, as the files of a ConfigMap are, is not written", async () => {
  const project = await openProject({ "mounted.json": shop });
  await symlink(project.path("mounted.json"), project.path("flags.json"));
  const { code, stderr } = await project.burgee("kill", key, ...why);
  expect([code, stderr]).toEqual([
    4,
    expect.stringMatching(/^burgee: [^\n]+ is a link to [^\n]+\n$/),
  ]);
  expect(await project.files()).toEqual(["flags.json", "mounted.json"]);
});

/** Definitions that change the document while they are loaded, as a colleague may meanwhile. */
function colleague(edit: string): string {
  return `import { readFileSync, writeFileSync } from "node:fs";
import { defineFlags } from "@burgee/core";
const document = JSON.parse(readFileSync("flags.json", "utf8"));
${edit}
writeFileSync("flags.json", JSON.stringify(document));
export const flags = defineFlags({ "new-checkout": { default: false } });`;
}

test("a flag that somebody changes meanwhile is left alone: exit code 3", async () => {
  const { burgee, read } = await openProject({
    "flags.json": shop,
    "defined.mjs": colleague(`document.flags["new-checkout"].defaultVariant = "on";`),
  });
  const { code, stderr } = await burgee(...release, "--definitions", "defined.mjs");
  expect([code, stderr]).toEqual([
    3,
    expect.stringMatching(/^burgee: new-checkout was changed by somebody else meanwhile[^\n]+\n$/),
  ]);
  expect(JSON.parse(await read("flags.json")).flags[key]).toEqual({
    ...shop.flags[key],
    defaultVariant: "on",
  });
});

test("another flag that somebody changes meanwhile is kept", async () => {
  const { burgee, read } = await openProject({
    "flags.json": shop,
    "defined.mjs": colleague(`document.flags["free-shipping"].defaultVariant = "on";`),
  });
  expect((await burgee(...release, "--definitions", "defined.mjs")).code).toBe(0);
  const { flags } = JSON.parse(await read("flags.json"));
  expect(flags["free-shipping"].defaultVariant).toBe("on");
  expect(flags[key].targeting.fractional[0]).toEqual(["on", 10]);
});

test("a kill holds, whatever somebody makes of the flag meanwhile", async () => {
  const rule = { if: [{ var: "pro" }, "on"] };
  const { burgee, read } = await openProject({
    "flags.json": shop,
    "defined.mjs": colleague(`document.flags["new-checkout"].targeting = ${JSON.stringify(rule)};`),
  });
  expect((await burgee(...kill, "--definitions", "defined.mjs")).code).toBe(0);
  const { flags } = JSON.parse(await read("flags.json"));
  expect(flags[key].targeting).toEqual({ if: [true, "off", rule] });
});
