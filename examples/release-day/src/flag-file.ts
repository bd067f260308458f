import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FlagDefinition, FlagSet } from "@burgee/core";

/** The flag file of a running shop: a copy, so that the one in Git stays as it is. */
export interface FlagFile {
  readonly path: string;
  /** Edits a flag, as one would by hand. */
  edit(key: string, change: (flag: FlagDefinition) => FlagDefinition): Promise<void>;
  remove(): Promise<void>;
}

export async function copyFlagFile(original: URL): Promise<FlagFile> {
  const folder = await mkdtemp(join(tmpdir(), "burgee-release-day-"));
  const path = join(folder, "flags.json");
  await writeFile(path, await readFile(original));
  return {
    path,
    async edit(key, change) {
      const flagSet: FlagSet = JSON.parse(await readFile(path, "utf8"));
      const flag = flagSet.flags[key];
      if (flag === undefined) throw new Error(`${path} has no flag ${key}`);
      const flags = { ...flagSet.flags, [key]: change(flag) };
      await writeFile(path, JSON.stringify({ ...flagSet, flags }, undefined, 2));
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
