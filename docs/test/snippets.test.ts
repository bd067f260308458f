import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const built = join(root, "docs/.snippets");
const tsc = join(root, "node_modules/typescript-7/bin/tsc");

/** Files of the repository below a folder, by their ending. */
function files(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending) && !/(^|\/)(node_modules|dist|\.snippets)\//.test(name))
    .map((name) => join(folder, name));
}

/** The TypeScript fences of a page, or of the docblocks of a source file. */
function snippets(file: string): { code: string; language: string }[] {
  const text = readFileSync(join(root, file), "utf8");
  const prose = file.endsWith(".md") ? text : text.replaceAll(/^ *\* ?/gm, "");
  const fences = prose.matchAll(/^```(tsx?)\n([\s\S]*?)^```$/gm);
  return [...fences].map(([, language = "", code = ""]) => ({ code, language }));
}

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...files("docs", ".md"),
  ...files("examples", ".md"),
  ...files("packages", ".md"),
  ...[".ts", ".tsx"].flatMap((ending) =>
    files("packages", ending).filter((file) => file.includes("/src/")),
  ),
].filter((file) => snippets(file).length > 0);

beforeAll(() => rmSync(built, { recursive: true, force: true }));

test("every package and guide has snippets", () => {
  for (const place of ["README.md", "docs/", "packages/core/src/", "packages/express/README.md"]) {
    expect(pages.some((page) => page.startsWith(place))).toBe(true);
  }
});

/** How applications on Nest are compiled. */
const nest = {
  erasableSyntaxOnly: false,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
};

/** How applications on Next are compiled. */
const next = { module: "esnext", moduleResolution: "bundler" };

/** A page is one program; a snippet that begins with `// name.ts` is that file of it. */
test.concurrent.each(pages)(
  "the snippets of %s compile",
  async (page) => {
    const folder = join(built, page.replaceAll("/", "-"));
    mkdirSync(folder, { recursive: true });
    for (const [index, { code, language }] of snippets(page).entries()) {
      const name = /^\/\/ (\S+\.tsx?)\n/.exec(code)?.[1] ?? `snippet-${index + 1}.${language}`;
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${code}\nexport {};\n`);
    }
    const base = relative(folder, join(root, "tsconfig.base.json"));
    const options = {
      composite: false,
      noEmit: true,
      ...(/nestjs|testing|packages\/vitest/.test(page) && nest),
      ...(/nextjs|static-pages|packages\/next/.test(page) && next),
    };
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ extends: base, compilerOptions: options, include: ["**/*"] }),
    );
    const { stdout } = await promisify(execFile)(process.execPath, [tsc, "-p", folder], {
      cwd: dirname(tsc),
    }).catch((error: { stdout: string }) => error);
    expect(stdout).toBe("");
  },
  30_000,
);
