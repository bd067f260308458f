import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build } from "vite";

const root = resolve(import.meta.dirname, "..");

/** The program as it is written, built so that Node runs it. */
export interface Program {
  readonly path: string;
  remove(): Promise<void>;
}

/** Builds it beside the package, where it finds what the package depends on. */
export async function buildProgram(): Promise<Program> {
  await mkdir(join(root, ".built"), { recursive: true });
  const folder = await mkdtemp(join(root, ".built", "/"));
  await copyFile(join(root, "package.json"), join(folder, "package.json"));
  await build({
    configFile: false,
    logLevel: "error",
    root,
    ssr: { noExternal: [/^@burgee\//], resolve: { conditions: ["@burgee/source", "node"] } },
    build: {
      ssr: join(root, "src/main.ts"),
      outDir: join(folder, "dist"),
      rollupOptions: { output: { format: "es", entryFileNames: "main.mjs" } },
    },
  });
  return { path: join(folder, "dist/main.mjs"), remove: () => rm(folder, { recursive: true }) };
}
