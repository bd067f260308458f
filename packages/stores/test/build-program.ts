import { join, resolve } from "node:path";
import { build } from "vite";

/**
 * Makes a script of a program of these tests, which Node can run in a process of its own.
 *
 * @param entry its path, from this folder
 * @param folder where the script is put
 * @returns the path of the script
 */
export async function buildProgram(entry: string, folder: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: "error",
    root: import.meta.dirname,
    ssr: { noExternal: true, resolve: { conditions: ["@burgee/source", "node"] } },
    build: {
      ssr: resolve(import.meta.dirname, entry),
      outDir: folder,
      emptyOutDir: false,
      rollupOptions: { output: { format: "es", entryFileNames: "program.mjs" } },
    },
  });
  return join(folder, "program.mjs");
}
