import { rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { FlagSet } from "@burgee/core";
import { copyDocument } from "./document.js";
import { renameDurably, writeDurably } from "./file/durable.js";
import { formatOf } from "./file/format.js";
import { findContent } from "./file/read.js";
import { checkWritable, writeError } from "./file/writable.js";

/**
 * Writes a flag set into a document that is versioned elsewhere, such as in Git: no history is kept
 * beside it. Just what differs is changed; how the rest is written, and comments in YAML, stay. What
 * the document has besides a flag set, such as `$schema`, stays, too.
 *
 * @param path of the file, from the working directory; `.yaml` and `.yml` are YAML
 * @returns whether anything was written
 * @throws BurgeeError `INVALID_FLAG_SET` for a flag set, or a document, that cannot be served;
 * `STORE_READ_ONLY`; `SOURCE_UNAVAILABLE`
 *
 * @example
 * ```ts
 * import type { FlagStore } from "@burgee/core";
 * import { writeFlagFile } from "@burgee/stores/flag-file";
 *
 * export async function backUp(store: FlagStore): Promise<void> {
 *   await writeFlagFile("flags.json", (await store.read()).flagSet);
 * }
 * ```
 */
export async function writeFlagFile(path: string, flagSet: FlagSet): Promise<boolean> {
  const file = resolve(path);
  const format = formatOf(file);
  const wanted = copyDocument(flagSet, "What is written");
  const content = await findContent(file);
  const {
    $evaluators: _rules,
    metadata: _facts,
    ...kept
  } = content ? await format.parse(content.text, file) : { flags: {} };
  const text = await format.edit(content?.text ?? "", { ...kept, ...wanted });
  if (text === content?.text) return false;
  const next = join(dirname(file), `.${basename(file)}.${process.pid}`);
  try {
    await checkWritable(file);
    const mode = content === undefined ? undefined : (await stat(file)).mode & 0o7777;
    await writeDurably(next, text, "w", async (handle) => {
      if (mode !== undefined) await handle.chmod(mode);
    });
    await renameDurably(next, file);
    return true;
  } catch (error) {
    await rm(next, { force: true });
    throw writeError(error, file);
  }
}
