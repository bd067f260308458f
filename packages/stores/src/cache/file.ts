import { createHash, randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Revision } from "@burgee/core";
import { parseDocument } from "../document.js";

/** What the file begins with. */
const MARK = "burgee-last-known-good/1 ";

/** The largest file there is, in bytes; of a larger one no more is read, so that it counts as torn. */
const LARGEST = 50_000_000;

/** A revision that was the newest once. */
export interface KeptRevision extends Revision {
  readonly verifiedAt: number;
}

/** Where the last known good revision is kept: three lines, a mark with a hash, facts, the flag set. */
export interface CacheFile {
  /**
   * The revision it holds; undefined if there is no file.
   *
   * @throws Error if it cannot be read, is torn, or is somebody else's
   */
  read(): Promise<KeptRevision | undefined>;
  /**
   * Replaces what it holds, at once or not at all.
   *
   * @throws Error if it cannot be written, or holds something else
   */
  write(revision: Revision, verifiedAt: number): Promise<void>;
}

export function cacheFile(path: string): CacheFile {
  return {
    async read() {
      const bytes = await read(path, LARGEST);
      if (bytes.length === 0) return undefined;
      checkOwn(bytes);
      const line = bytes.indexOf("\n");
      const rest = bytes.subarray(line + 1);
      if (line < 0 || bytes.subarray(MARK.length, line).toString() !== hashOf(rest)) {
        throw new Error("it is torn");
      }
      const end = rest.indexOf("\n");
      const { id, verifiedAt } = JSON.parse(rest.subarray(0, end).toString());
      return { id, verifiedAt, flagSet: parseDocument(rest.subarray(end + 1).toString(), path) };
    },

    async write({ id, flagSet }, verifiedAt) {
      const rest = `${JSON.stringify({ id, verifiedAt })}\n${JSON.stringify(flagSet)}`;
      const bytes = Buffer.byteLength(rest);
      if (bytes > LARGEST - 1000) throw new Error(`${bytes} bytes are too many to keep`);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      checkOwn(await read(path, MARK.length));
      const draft = `${path}.${randomBytes(6).toString("hex")}`;
      try {
        await writeThrough(draft, `${MARK}${hashOf(rest)}\n${rest}`);
        await rename(draft, path);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    },
  };
}

/** @throws Error if the file begins with anything but the mark, or as much of it as was written */
function checkOwn(bytes: Buffer): void {
  if (MARK.startsWith(bytes.subarray(0, MARK.length).toString())) return;
  throw new Error("it is something else's file");
}

function hashOf(bytes: Buffer | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** What a file holds, from its beginning; nothing if it is not there. */
async function read(path: string, bytes: number): Promise<Buffer> {
  let file: FileHandle | undefined;
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new Error("it is not a file");
    file = await open(path, "r");
    const buffer = Buffer.alloc(Math.min(bytes, found.size));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  } finally {
    await file?.close();
  }
}

/** Writes a file that only its owner may read, down to the disk. */
async function writeThrough(path: string, content: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}
