import { type FileHandle, open } from "node:fs/promises";
import { type AuditEntry, BurgeeError } from "@burgee/core";
import { writeDurably } from "./durable.js";

/** How much is read at once, in bytes. */
const CHUNK = 65_536;

/** The history of a file, beside it: an entry a line. */
export interface AuditLog {
  /** The entries, the newest first. One that was not written to its end is left out. */
  entries(): AsyncGenerator<AuditEntry, void>;
  /** The newest entries, the newest first. */
  newest(count: number): Promise<AuditEntry[]>;
  append(entry: AuditEntry): Promise<void>;
  /** Takes away what was not written to its end. */
  dropTorn(): Promise<void>;
  /** Takes away the newest entry. */
  dropNewest(): Promise<void>;
}

export function auditLogOf(file: string): AuditLog {
  const path = `${file}.audit.jsonl`;

  async function* lines(
    flag: "r" | "r+" = "r",
  ): AsyncGenerator<Line & { handle: FileHandle }, void> {
    const handle = await openFound(path, flag);
    if (handle === undefined) return;
    try {
      for await (const line of linesFromEnd(handle)) yield { ...line, handle };
    } finally {
      await handle.close();
    }
  }

  async function* entries(): AsyncGenerator<AuditEntry, void> {
    let isEnd = true;
    for await (const { start, bytes } of lines()) {
      if (isEnd) isEnd = false;
      else yield entryOf(bytes.toString(), `${path}, byte ${start}`);
    }
  }

  /** Cuts off what is behind the first line break from the end, or behind the second. */
  async function cut(breaks: 1 | 2): Promise<void> {
    let left = breaks;
    for await (const { start, bytes, handle } of lines("r+")) {
      if (--left > 0) continue;
      if (breaks === 1 && bytes.length === 0) return;
      await handle.truncate(start);
      return await handle.sync();
    }
  }

  return {
    entries,
    async newest(count) {
      const found: AuditEntry[] = [];
      for await (const entry of entries()) if (found.push(entry) === count) break;
      return found;
    },
    append: (entry) => writeDurably(path, `${JSON.stringify(entry)}\n`, "a"),
    dropTorn: () => cut(1),
    dropNewest: () => cut(2),
  };
}

async function openFound(path: string, flag: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, flag);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    if (flag !== "r") throw cause;
    const what = `${path} cannot be read: ${message}.`;
    throw new BurgeeError("SOURCE_UNAVAILABLE", what, { cause });
  }
}

/** A line, without its line break. */
interface Line {
  /** Where it begins, in bytes. */
  readonly start: number;
  readonly bytes: Buffer;
}

/** The lines of a file, the last first: what is behind the last line break, mostly nothing. */
async function* linesFromEnd(handle: FileHandle): AsyncGenerator<Line, void> {
  const line: Buffer[] = [];
  for (let start = (await handle.stat()).size; start > 0; ) {
    const size = Math.min(CHUNK, start);
    start -= size;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size), 0, size, start);
    let end = bytesRead;
    for (let index = end - 1; index >= 0; index--) {
      if (buffer[index] !== LINE_BREAK) continue;
      const bytes = Buffer.concat([buffer.subarray(index + 1, end), ...line.splice(0)]);
      yield { start: start + index + 1, bytes };
      end = index;
    }
    line.unshift(buffer.subarray(0, end));
  }
  yield { start: 0, bytes: Buffer.concat(line) };
}

const LINE_BREAK = 10;

function entryOf(text: string, where: string): AuditEntry {
  try {
    const entry = JSON.parse(text);
    const { flags, evaluators, revision, previous, hash } = entry;
    const texts = [revision, previous, hash].every((value) => typeof value === "string");
    if (texts && isObject(flags) && isObject(evaluators)) return entry;
  } catch {
    // told below
  }
  throw new BurgeeError("BROKEN_CHAIN", `${where}: the line is no audit entry.`);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
