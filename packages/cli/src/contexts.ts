import { readFile } from "node:fs/promises";
import type { EvaluationContext } from "@burgee/core";
import { Failure } from "./failure.js";

/**
 * The evaluation contexts that a file holds: a JSON list of objects, or an object a line.
 *
 * @throws Failure `usage` if it cannot be read, or holds anything else
 */
export async function readContexts(path: string): Promise<readonly EvaluationContext[]> {
  const text = await readFile(path, "utf8").catch((cause: Error) => {
    const what = `The contexts in ${path} cannot be read: ${cause.message}; name another file.`;
    throw new Failure("usage", what, cause);
  });
  const contexts = text.trimStart().startsWith("[") ? parse(text, path) : linesOf(text, path);
  if (!Array.isArray(contexts)) throw strange(path);
  for (const [index, context] of contexts.entries()) {
    if (!isContext(context)) throw strange(path, `; number ${index + 1} is something else`);
  }
  return contexts;
}

function linesOf(text: string, path: string): unknown[] {
  return text.split("\n").flatMap((line, index) => {
    return line.trim() === "" ? [] : [parse(line, `${path}:${index + 1}`)];
  });
}

function parse(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const what = `${place} is no JSON: ${(cause as Error).message}; mend it.`;
    throw new Failure("usage", what, cause);
  }
}

function isContext(value: unknown): value is EvaluationContext {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function strange(path: string, more = ""): Failure {
  const what = `${path} must hold evaluation contexts, a JSON list of objects or an object a line${more}.`;
  return new Failure("usage", what);
}
