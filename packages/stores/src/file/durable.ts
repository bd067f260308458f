import { type FileHandle, open, rename } from "node:fs/promises";
import { dirname } from "node:path";

/** Writes a new file, or a new end of one, that a crash of the machine does not lose. */
export async function writeDurably(
  path: string,
  content: string | Buffer,
  flag: "w" | "a",
  prepare: (handle: FileHandle) => Promise<void> = async () => {},
): Promise<void> {
  const handle = await open(path, flag);
  try {
    await prepare(handle);
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Gives a file another name, in the same folder, whatever had that name before. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(to);
}

/** Makes sure that the names of a file's folder outlive a crash of the machine. */
export async function syncFolder(file: string): Promise<void> {
  if (process.platform === "win32") return; // folders cannot be opened there
  const handle = await open(dirname(file), "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
