import { type FlagSet, percent, readHold, writeHold } from "@burgee/core";
import { expect, test } from "vitest";
import { startInstance } from "../instance.js";
import { openProject, shop } from "../project.js";
import { openRedis } from "../redis.js";

const key = "new-checkout";
const half = { ...shop.flags[key], targeting: percent({ on: 50 }) };
const split = { ...shop, flags: { ...shop.flags, [key]: half } } satisfies FlagSet;

async function flagIn(read: (name: string) => Promise<string>) {
  return (JSON.parse(await read("flags.json")) as FlagSet).flags[key] ?? half;
}

test("a kill serves the safe variant to everybody, in every instance, and keeps the rule", async () => {
  const redis = await openRedis(split);
  const flags = await startInstance(redis, "api-1");
  const { burgee } = await openProject();
  const { code, stdout } = await burgee(
    "kill",
    key,
    "--reason",
    "orders are lost",
    "--yes",
    ...redis.options,
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(/\nafter +off, held by a kill\n/);
  expect(stdout).toMatch(/\nAt once: [45]\d(\.\d)? % of 10,000 made-up users: on → off\.\n/);
  expect(stdout).toContain("The one instance has it: api-1.");
  for (let user = 0; user < 50; user++) {
    expect(flags.scope({ targetingKey: `user-${user}` }).get(key)).toBe(false);
  }
  const { flagSet } = await redis.store.read();
  expect(flagSet.flags[key]).toEqual(writeHold(half, "kill", "off"));
  expect(await burgee("history", key, "--json", "--limit", "1", ...redis.options)).toMatchObject({
    json: { entries: [{ kind: "kill", actor: "tess", reason: "orders are lost" }] },
  });
});

test("a flag that is resumed is decided by its rule again, in a new epoch", async () => {
  const { burgee, read } = await openProject({ "flags.json": split });
  expect((await burgee("kill", key, "--yes")).code).toBe(0);
  const { code, stdout } = await burgee("resume", key, "--reason", "mended", "--yes");
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(/\nbefore +off, held by a kill\nafter +o/),
  ]);
  const flag = await flagIn(read);
  expect(flag).toEqual({ ...half, metadata: { ...half.metadata, "burgee.epoch": 1 } });
  const again = await burgee("resume", key, "--yes", "--json");
  expect([again.code, again.json]).toMatchObject([0, { written: false }]);
  expect(await flagIn(read)).toEqual(flag);
  expect(await burgee("history", key, "--json")).toMatchObject({
    json: { verified: true, entries: [{ kind: "resume", reason: "mended" }, { kind: "kill" }, {}] },
  });
});

test("a kill goes before a guard's trip, and once is enough", async () => {
  const tripped = { ...shop, flags: { [key]: writeHold(half, "guard", "off") } };
  const { burgee, read } = await openProject({ "flags.json": tripped });
  expect((await burgee("kill", key, "--variant", "on", "--yes")).code).toBe(0);
  expect(readHold(await flagIn(read))).toMatchObject({
    kind: "kill",
    held: "on",
    rule: half.targeting,
  });
  const again = await burgee("kill", key, "--variant", "on", "--json");
  expect([again.code, again.json]).toMatchObject([0, { written: false }]);
});

test("the safe variant is the definition's, or else the document's, or has to be named", async () => {
  const everybody = { ...half, defaultVariant: "on" };
  const { burgee, read, write } = await openProject({
    "flags.json": { flags: { [key]: everybody } },
    "defined.ts": `import { defineFlags } from "@burgee/core";
export const flags = defineFlags({ "new-checkout": { default: false } });`,
    "broken.ts": "throw new Error('no database');",
  });
  expect((await burgee("kill", key, "--yes", "--definitions", "defined.ts")).code).toBe(0);
  expect(readHold(await flagIn(read))?.held).toBe("off");

  const { defaultVariant: _, ...bare } = half;
  await write("flags.json", { flags: { [key]: bare } });
  const unknown = await burgee("kill", key, "--yes");
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining("--variant")]);
  expect(await flagIn(read)).toEqual(bare);
  const inTheWay = await burgee("kill", key, "--yes", "--definitions", "broken.ts");
  expect([inTheWay.code, inTheWay.stderr]).toEqual([2, expect.stringContaining("no database")]);
  const named = ["--variant", "off", "--definitions", "broken.ts"];
  expect((await burgee("kill", key, "--yes", ...named)).code).toBe(0);
  expect(readHold(await flagIn(read))?.held).toBe("off");
});

test("definitions that cannot be read say that --variant goes ahead without them", async () => {
  const { burgee, read } = await openProject({
    "flags.json": split,
    "burgee.config.mjs": 'export default { definitions: "defined.ts" };',
    "faulty.ts": `export const flags = { "new-checkout": { default: "maybe", variants: ["on"] } };`,
  });
  for (const definitions of ["defined.ts", "faulty.ts"]) {
    const { code, stderr } = await burgee("kill", key, "--yes", "--definitions", definitions);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(
        /^burgee: [^\n]+; or name the safe one with --variant: on, off[^\n]+\n$/,
      ),
    ]);
    expect(await flagIn(read)).toEqual(half);
  }
  expect((await burgee("kill", key, "--yes", "--variant", "off")).code).toBe(0);
  expect(readHold(await flagIn(read))?.held).toBe("off");
});

test("a person is asked before a kill, and before what ends it", async () => {
  const { onTerminal, read } = await openProject({ "flags.json": split });
  expect((await onTerminal(["kill", key], { to: "kill new-checkout?", keys: "n" })).code).toBe(5);
  expect(await flagIn(read)).toEqual(half);
  expect((await onTerminal(["kill", key], { to: "kill new-checkout?", keys: "y" })).code).toBe(0);
  const held = await flagIn(read);
  expect(readHold(held)).toBeDefined();
  expect((await onTerminal(["resume", key], { to: "resume new-checkout?", keys: "n" })).code).toBe(
    5,
  );
  expect(await flagIn(read)).toEqual(held);
});

test("neither contexts that cannot be read nor a blank reason are in the way of a kill", async () => {
  const { burgee, read } = await openProject({
    "flags.json": split,
    "burgee.config.mjs": 'export default { contexts: "visitors.ndjson" };',
  });
  const { code, stdout } = await burgee("kill", key, "--reason", " ", "--yes");
  expect([code, stdout]).toEqual([0, expect.stringContaining("of 10,000 made-up users")]);
  expect(readHold(await flagIn(read))?.kind).toBe("kill");
  expect(await burgee("history", key, "--json", "--limit", "1")).toMatchObject({
    json: { entries: [{ kind: "kill", reason: "stopped by hand" }] },
  });
  const resume = await burgee("resume", key, "--yes");
  expect([resume.code, resume.stderr]).toEqual([2, expect.stringContaining("visitors.ndjson")]);
});
