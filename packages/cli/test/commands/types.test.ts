import { execFile } from "node:child_process";
import { symlink, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { promisify } from "node:util";
import type { FlagSet } from "@burgee/core";
import { expect, test } from "vitest";
import { openProject, type Project, shop } from "../project.js";

const root = resolve(import.meta.dirname, "../../../..");

/** Everything that a document may have. */
const rich: FlagSet = {
  flags: {
    ...shop.flags,
    dark: { state: "DISABLED", variants: { on: true, off: false }, metadata: { kind: "ops" } },
    "page-size": {
      state: "ENABLED",
      variants: { small: 10, large: 50 },
      defaultVariant: "small",
      metadata: {
        description: 'how "many" a page has\nor had // */ `$x`',
        kind: "experiment",
        created: "2026-01-02",
        expires: "some day",
        requires: "a-migration",
      },
    },
    theme: {
      state: "ENABLED",
      variants: {
        light: { colors: ["#fff", "#eee", "#ddd"], deep: { "a-b": null, radius: 4 } },
        dark: { colors: ["#000000", "#111111", "#222222"], deep: { "a-b": null, radius: 8 } },
      },
      defaultVariant: "dark",
    },
  },
};

/** Compiles a project as strictly as this repository is. */
async function compile({ path }: Project): Promise<string> {
  const options = { composite: false, noEmit: true, types: [] };
  await writeFile(
    path("tsconfig.json"),
    JSON.stringify({ extends: `${root}/tsconfig.base.json`, compilerOptions: options }),
  );
  await writeFile(path("package.json"), '{ "type": "module" }');
  await symlink(`${root}/node_modules`, path("node_modules"));
  const tsc = `${root}/node_modules/typescript-7/bin/tsc`;
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, "-p", path(".")]).catch(
    (error: { stdout: string }) => error,
  );
  return stdout;
}

test("what is written compiles, and types keys, values and variants", async () => {
  const project = await openProject({
    "flags.json": rich,
    "use.ts": `import type { FlagKey, FlagValue, VariantName } from "@burgee/core";
import "./definitions.js";

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
export const keys: Same<FlagKey, "new-checkout" | "search-ranking" | "free-shipping" | "dark" | "page-size" | "theme"> = true;
export const values: Same<FlagValue<"page-size">, 10 | 50> = true;
export const ranking: Same<FlagValue<"search-ranking">, "words" | "popular"> = true;
export const onOff: Same<FlagValue<"new-checkout">, boolean> = true;
export const variants: Same<VariantName<"theme">, "light" | "dark"> = true;
// @ts-expect-error no flag is called so
export const typo: FlagKey = "new-chekout";
`,
  });
  const { code, stdout } = await project.burgee("types", "--out", "definitions.ts");
  expect([code, stdout]).toEqual([0, "definitions.ts is written.\n"]);
  expect(await compile(project)).toBe("");
  const checked = await project.burgee("check", "--strict", "--definitions", "definitions.ts");
  expect(checked).toMatchObject({ code: 1 }); // the migration that is not confirmed, alone
  expect(checked.stdout).toMatch(
    /^error {2}\/flags\/page-size\/[^\n]+a-migration[^\n]+\n6 flags, 1 error, 0 warnings\n$/,
  );
});

test("it reads like one that was written by hand", async () => {
  const { burgee } = await openProject({ "flags.json": rich });
  expect((await burgee("types")).stdout).toBe(`// Made of flags.json by \`burgee types\`.
// Each default is the document's default variant: see that it is the one that is safe to serve.
import { defineFlags } from "@burgee/core";

export const definitions = defineFlags({
  "new-checkout": { default: false, owner: "payments" },
  "search-ranking": { default: "words", variants: ["words", "popular"] },
  "free-shipping": { default: false },
  dark: { default: false, kind: "ops" },
  "page-size": {
    default: "small",
    variants: { small: 10, large: 50 },
    description: "how \\"many\\" a page has\\nor had // */ \`$x\`",
    kind: "experiment",
    created: "2026-01-02",
  },
  theme: {
    default: "dark",
    variants: {
      light: { colors: ["#fff", "#eee", "#ddd"], deep: { "a-b": null, radius: 4 } },
      dark: { colors: ["#000000", "#111111", "#222222"], deep: { "a-b": null, radius: 8 } },
    },
  },
});

declare module "@burgee/core" {
  interface Register {
    definitions: typeof definitions;
  }
}
`);
});

test("a file that is there is not overwritten, unless somebody says so", async () => {
  const { burgee, onTerminal, read } = await openProject({
    "flags.json": shop,
    "src/flags.ts": "// mine",
  });
  const refused = await burgee("types", "--out", "src/flags.ts");
  expect(refused).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("--yes") });
  const no = await onTerminal(["types", "--out", "src/flags.ts"], { to: "Overwrite", keys: "n" });
  expect(no.code).toBe(5);
  expect(await read("src/flags.ts")).toBe("// mine");
  expect((await burgee("types", "--out", "src/flags.ts", "--yes")).code).toBe(0);
  expect(await read("src/flags.ts")).toContain("defineFlags");
  expect(await burgee("types", "--out", "src/flags.ts", "--json")).toMatchObject({
    code: 0,
    json: { written: false },
  });
});

test("a document that cannot be used writes nothing", async () => {
  const { burgee, files, write } = await openProject();
  expect(await burgee("types", "--out", "a.ts")).toMatchObject({ code: 4, stdout: "" });
  const mixed = { state: "ENABLED", variants: { a: 1, b: "two" }, defaultVariant: "a" };
  for (const document of ["{", { flags: [] }, { flags: { mixed } }]) {
    await write("flags.json", document);
    const { code, stdout, stderr } = await burgee("types", "--out", "a.ts");
    expect([code, stdout, stderr]).toEqual([2, "", expect.stringMatching(/^burgee: [^\n]+\n$/)]);
  }
  await write("flags.json", shop);
  const there = await burgee("types", "--out", "flags.json/a.ts");
  expect([there.code, there.stderr]).toEqual([2, expect.stringMatching(/^burgee: [^\n]+\n$/)]);
  expect(await files()).toEqual(["flags.json"]);
});
