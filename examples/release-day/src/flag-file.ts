import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FlagSet, JsonValue } from "@burgee/core";

/** The flag file of a running shop: a copy, so that the one in Git stays as it is. */
export interface FlagFile {
  readonly path: string;
  /** Edits a flag's targeting, as one would by hand. */
  target(flag: string, targeting: JsonValue): Promise<void>;
  remove(): Promise<void>;
}

export async function copyFlagFile(original: URL): Promise<FlagFile> {
  const folder = await mkdtemp(join(tmpdir(), "burgee-release-day-"));
  const path = join(folder, "flags.json");
  await writeFile(path, await readFile(original));
  return {
    path,
    async target(flag, targeting) {
      const flagSet: FlagSet = JSON.parse(await readFile(path, "utf8"));
      const edited = { ...flagSet.flags[flag], targeting };
      const flags = { ...flagSet.flags, [flag]: edited };
      await writeFile(path, JSON.stringify({ ...flagSet, flags }, undefined, 2));
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
