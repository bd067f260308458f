import { constants } from "node:fs";
import { access, lstat, readlink } from "node:fs/promises";
import { dirname } from "node:path";
import { BurgeeError } from "@burgee/core";

/**
 * Checks that a file can be replaced by another.
 *
 * @throws BurgeeError `STORE_READ_ONLY` for a link; what the file system throws
 */
export async function checkWritable(file: string): Promise<void> {
  const found = await lstat(file).catch(() => undefined);
  if (found?.isSymbolicLink()) {
    const what = `${file} is a link to ${await readlink(file)}, as the files of a ConfigMap are.`;
    throw new BurgeeError("STORE_READ_ONLY", what);
  }
  if (found !== undefined) await access(file, constants.W_OK);
  await access(dirname(file), constants.W_OK);
}

/** What the file system says where a file may not be written, or, a mount itself, not be replaced. */
const readOnly = new Set(["EACCES", "EPERM", "EROFS", "EBUSY"]);

/** What went wrong where a file was written. */
export function writeError(cause: unknown, file: string): BurgeeError {
  if (cause instanceof BurgeeError) return cause;
  const what = `${file} cannot be written: ${(cause as Error).message}.`;
  if (cause instanceof RangeError) return new BurgeeError("INVALID_FLAG_SET", what, { cause });
  const { code = "" } = cause as NodeJS.ErrnoException;
  return new BurgeeError(readOnly.has(code) ? "STORE_READ_ONLY" : "SOURCE_UNAVAILABLE", what, {
    cause,
  });
}
