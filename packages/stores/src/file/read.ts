import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { BurgeeError } from "@burgee/core";

/** The largest file that is read or written, in bytes. */
export const MAX_BYTES = 10_000_000;

/** What a file holds. */
export interface Content {
  /** The id of its revision: whoever writes the same makes the same. */
  readonly id: string;
  readonly text: string;
}

/** @throws BurgeeError `SOURCE_UNAVAILABLE`; `INVALID_FLAG_SET` if it is too large */
export async function readContent(file: string): Promise<Content> {
  try {
    const found = await stat(file);
    if (!found.isFile()) throw new Error("it is not a file");
    if (found.size <= MAX_BYTES) return contentOf(await readFile(file));
    const what = `${file} has ${found.size} bytes, and at most ${MAX_BYTES} are read.`;
    throw new BurgeeError("INVALID_FLAG_SET", what);
  } catch (cause) {
    if (cause instanceof BurgeeError) throw cause;
    const what = `${file} cannot be read: ${(cause as Error).message}.`;
    const isMissing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new BurgeeError("SOURCE_UNAVAILABLE", what, {
      cause,
      ...(isMissing && { revision: "" }),
    });
  }
}

/**
 * What a file holds, if there is one.
 *
 * @throws BurgeeError as {@link readContent} does
 */
export async function findContent(file: string): Promise<Content | undefined> {
  try {
    return await readContent(file);
  } catch (error) {
    if (error instanceof BurgeeError && error.revision === "") return undefined;
    throw error;
  }
}

export function contentOf(bytes: Buffer): Content {
  const id = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  return { id, text: bytes.toString() };
}
