import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Failure } from "./failure.js";

/** What a text file holds; undefined if there is none. @throws Failure `usage` if it cannot be read */
export async function findText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    throw unusable(path, "read", cause);
  }
}

/**
 * Writes a text file, and the folders that it is in.
 *
 * @param flag `wx`: it must not be there yet
 * @throws Failure `usage` if it cannot be written
 */
export async function writeText(path: string, text: string, flag: "w" | "wx"): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag });
  } catch (cause) {
    throw unusable(path, "written", cause);
  }
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown }).code;
}

function unusable(path: string, how: string, cause: unknown): Failure {
  const why = (cause as Error).message;
  return new Failure(
    "usage",
    `${path} cannot be ${how}: ${why}; mend that, or name another.`,
    cause,
  );
}
