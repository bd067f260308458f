import { chmod, mkdir, symlink } from "node:fs/promises";
import { getuid } from "node:process";
import { expect, test } from "vitest";
import { openProject, shop } from "../project.js";
import { openRedis } from "../redis.js";

const code = {
  "src/flags.ts": `import { createFlags, defineFlags, flagSet } from "@burgee/core";
const definitions = defineFlags({
  "new-checkout": { default: false },
  "search-ranking": { default: "words", variants: ["words", "popular"] },
  beta: { default: false, requires: ["new-checkout"] },
});
export const flags = createFlags(definitions, {
  source, client: { "search-ranking": definitions["search-ranking"] },
});
flagSet(definitions, { beta: { targeting: rule } });
`,
  "src/app.ts": `app.get("/", requireFlag("new-checkout"), byVariant("search-ranking", {}));
app.use(flagMiddleware(flags, { context, overrides: () => ({ beta: "on" }) }));
req.flags.get("new-checkout");
createMonitor(flags).guard({ flag: "new-checkout" });
flags.pin("new-checkout", "off", {});
`,
  "src/page.tsx": `export const Page = () => <Flag name="new-checkout">{useFlag("search-ranking")}</Flag>;\n`,
  "src/shop.controller.mts": `class Shop {
  @RequireFlag("new-checkout") @Post() checkout(@FlagValue("search-ranking") ranking: string) {}
}
`,
  "src/keys.cts": `import beta from "beta";
const beta = "a variable", KEY = "beta" as const, other = \`beta\`; // "beta"
type Keys = "beta" | "alpha"; // "beta"
`,
  "src/legacy.jsx": `const a = { beta: 1 }, b = a.beta, c = useFlag('beta');\n`,
};
const withBeta = { flags: { ...shop.flags, beta: shop.flags["new-checkout"] } };

test("every reference is told, with its place and its kind", async () => {
  const { burgee } = await openProject({ "flags.json": withBeta, ...code });
  const { code: ended, stdout, stderr } = await burgee("refs");
  expect([ended, stderr]).toEqual([0, ""]);
  expect(stdout).toBe(`src/app.ts:1:26  new-checkout  gate, requireFlag
src/app.ts:1:53  search-ranking  gate, byVariant
src/app.ts:2:62  beta  override, overrides
src/app.ts:3:15  new-checkout  read, flags.get
src/app.ts:4:36  new-checkout  guard, guard
src/app.ts:5:11  new-checkout  override, flags.pin
src/flags.ts:3:3  new-checkout  definition, defineFlags
src/flags.ts:4:3  search-ranking  definition, defineFlags
src/flags.ts:5:3  beta  definition, defineFlags
src/flags.ts:5:38  new-checkout  mention
src/flags.ts:8:21  search-ranking  definition, client
src/flags.ts:8:51  search-ranking  definition, client
src/flags.ts:10:24  beta  definition, flagSet
src/keys.cts:2:34  beta  mention
src/keys.cts:2:59  beta  mention
src/keys.cts:3:13  beta  mention
src/legacy.jsx:1:48  beta  read, useFlag
src/page.tsx:1:38  new-checkout  gate, <Flag>
src/page.tsx:1:62  search-ranking  read, useFlag
src/shop.controller.mts:2:16  new-checkout  gate, @RequireFlag
src/shop.controller.mts:2:60  search-ranking  read, @FlagValue
Nothing refers to free-shipping.
21 references in 6 files.
`);
});

test("a program is told the same", async () => {
  const { burgee } = await openProject({ "flags.json": withBeta, ...code });
  const { json } = await burgee("refs", "search-ranking", "--json");
  expect(json).toMatchObject({ files: 6, skipped: [], without: [] });
  const { references } = json as { references: object[] };
  expect(references).toHaveLength(6);
  expect(references[0]).toEqual({
    flag: "search-ranking",
    file: "src/app.ts",
    line: 1,
    column: 53,
    kind: "gate",
    by: "byVariant",
  });
});

test("a flag that is gone from the document is found in the code, where it still is", async () => {
  const { burgee } = await openProject({ "src/app.ts": 'useFlag("old-banner");' });
  expect(await burgee("refs", "old-banner")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("src/app.ts:1:9  old-banner  read, useFlag\n"),
  });
});

test("what Git ignores, packages and hidden folders are not looked at", async () => {
  const read = 'useFlag("new-checkout");';
  const { burgee } = await openProject({
    "flags.json": shop,
    ".gitignore": "dist/\n*.gen.ts\n",
    "src/.gitignore": "!kept.gen.ts\n/local.ts\n",
    "src/app.ts": read,
    "src/kept.gen.ts": read,
    "src/left.gen.ts": read,
    "src/local.ts": read,
    "src/deep/local.ts": read,
    "dist/app.js": read,
    "node_modules/a/index.js": read,
    ".next/page.js": read,
    "notes.md": read,
  });
  const { json } = await burgee("refs", "--json");
  const { references } = json as { references: { file: string }[] };
  expect(references.map(({ file }) => file)).toEqual([
    "src/app.ts",
    "src/deep/local.ts",
    "src/kept.gen.ts",
  ]);
});

test("in a folder of a repository, what its top ignores is ignored", async () => {
  const { burgee, gitCommit } = await openProject({
    ".gitignore": "generated/\n",
    "shop/burgee.config.mjs": 'export default { file: "flags.json" };',
    "shop/flags.json": shop,
    "shop/generated/app.ts": 'useFlag("new-checkout");',
    "shop/app.ts": 'useFlag("new-checkout");',
  });
  await gitCommit();
  const { stdout } = await burgee("refs", "--config", "shop/burgee.config.mjs");
  expect(stdout).toContain("\n1 reference in 2 files.\n");
  expect(stdout).toMatch(/^app\.ts:1:9 /);
});

test("the configuration says where to look", async () => {
  const read = 'useFlag("new-checkout");';
  const { burgee } = await openProject({
    "flags.json": shop,
    "burgee.config.mjs": 'export default { sources: ["src/**", "!**/*.test.ts"] };',
    "src/app.ts": read,
    "src/app.test.ts": read,
    "scripts/app.ts": read,
  });
  expect((await burgee("refs")).stdout).toContain("\n1 reference in 1 file.\n");
});

test("keys are those of the definitions, and of a store where there is no document", async () => {
  const { options } = await openRedis(shop);
  const { burgee } = await openProject({
    "app.ts": 'useFlag("search-ranking"); useFlag("alone");',
    "flags.ts": `import { defineFlags } from "@burgee/core";
export const flags = defineFlags({ alone: { default: false } });`,
  });
  expect((await burgee("refs", ...options)).stdout).toContain("app.ts:1:9  search-ranking");
  const defined = await burgee("refs", "--definitions", "flags.ts");
  expect(defined.stdout).toContain("app.ts:1:36  alone  read, useFlag");
  expect(await burgee("refs")).toMatchObject({
    code: 4,
    stdout: "",
    stderr: expect.stringMatching(/^burgee: [^\n]*flags\.json[^\n]*\n$/),
  });
});

test("a document that is none ends it with a sentence", async () => {
  const { burgee } = await openProject({ "flags.json": "{", "app.ts": "" });
  expect(await burgee("refs")).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringMatching(/^burgee: [^\n]*flags\.json[^\n]*\n$/),
  });
});

test("a file that is too large, or cannot be parsed, is left out, and told", async () => {
  const { burgee, path } = await openProject({
    "flags.json": shop,
    "bundle.js": `useFlag("new-checkout");${" ".repeat(1_000_000)}`,
    "deep.ts": `const a = "new-checkout" + ${"(".repeat(200_000)}`,
    "torn.ts": 'useFlag("new-checkout"); const {{{',
    "secret.ts": 'useFlag("new-checkout");',
  });
  await mkdir(path("folder.ts"));
  await symlink(path("torn.ts"), path("link.ts"));
  await chmod(path("secret.ts"), 0);
  const { code, stdout } = await burgee("refs", "new-checkout");
  expect(code).toBe(0);
  expect(stdout).toContain("bundle.js  left out: it has more than 1 MB\n");
  expect(stdout).toContain("deep.ts  left out: ");
  expect(stdout).toContain("torn.ts:1:9  new-checkout  read, useFlag\n");
  expect(stdout).not.toContain("link.ts");
  if (getuid?.() !== 0) expect(stdout).toContain("secret.ts  left out: ");
});

test("a key is a text, and no pattern or property of all objects", async () => {
  const { burgee } = await openProject({
    "app.ts": 'useFlag("a.b|c"); useFlag("aXb"); useFlag("constructor"); x.constructor("y");',
  });
  const { stdout } = await burgee("refs", "a.b|c", "constructor");
  expect(stdout).toBe(
    "app.ts:1:9  a.b|c  read, useFlag\napp.ts:1:43  constructor  read, useFlag\n2 references in 1 file.\n",
  );
});

test("on a terminal it says how far it is", async () => {
  const { onTerminal, burgee } = await openProject({ "flags.json": shop, ...code });
  expect((await onTerminal(["refs"])).stdout).toContain("0 of 6 files");
  expect((await burgee("refs")).stderr).toBe("");
});
