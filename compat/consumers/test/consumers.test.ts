import { type ExecFileException, execFile } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

const strict = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noPropertyAccessFromIndexSignature: true,
  esModuleInterop: true,
  target: "es2022",
  lib: ["es2023", "dom", "dom.iterable"],
  types: ["node"],
};

interface Consumer {
  readonly name: string;
  readonly type: "module" | "commonjs";
  readonly options: object;
  /** The folder of its TypeScript in node_modules: 7 no longer knows node10. */
  readonly typescript: "typescript" | "typescript-7";
}

const nodenext = { module: "nodenext", moduleResolution: "nodenext" };
const bundler = { module: "esnext", moduleResolution: "bundler" };
const node10 = { module: "commonjs", moduleResolution: "node10" };

const consumers: Consumer[] = [
  { name: "nodenext-import", type: "module", options: nodenext, typescript: "typescript-7" },
  { name: "nodenext-require", type: "commonjs", options: nodenext, typescript: "typescript-7" },
  { name: "bundler", type: "module", options: bundler, typescript: "typescript-7" },
  { name: "older-import", type: "module", options: nodenext, typescript: "typescript" },
  { name: "node10-require", type: "commonjs", options: node10, typescript: "typescript" },
];

test.concurrent.each(consumers)(
  "a strict program compiles and runs: $name",
  async ({ name, type, options, typescript }) => {
    const folder = `${root}built/${name}`;
    mkdirSync(folder, { recursive: true });
    copyFileSync(`${root}program/shop.ts`, `${folder}/shop.ts`);
    writeFileSync(`${folder}/package.json`, JSON.stringify({ type }));
    writeFileSync(
      `${folder}/tsconfig.json`,
      JSON.stringify({ compilerOptions: { ...strict, ...options }, include: ["*.ts"] }),
    );

    const compiled = await node(`${root}node_modules/${typescript}/bin/tsc`, "-p", folder);
    expect(compiled).toBe("");

    expect(JSON.parse(await node(`${folder}/shop.js`))).toEqual({
      pro: { read: true, ambient: true },
      free: 404,
      search: "by meaning",
      browser: "hybrid",
      inPage: "hybrid",
      asked: true,
      provided: true,
      missing: 404,
      counted: ["new-checkout=off", "new-checkout=on", "search-ranking=hybrid"],
      names: ["hybrid", "on", "function"],
    });
  },
  60_000,
);

/** Runs a file in Node; all that it prints. */
function node(...command: string[]): Promise<string> {
  return new Promise((resolve) => {
    const told = (_: ExecFileException | null, stdout: string, stderr: string) =>
      resolve(stdout + stderr);
    execFile(process.execPath, command, told);
  });
}
