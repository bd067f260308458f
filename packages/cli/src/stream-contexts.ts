import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { EvaluationContext } from "@burgee/core";
import { readContexts } from "./contexts.js";
import { Failure } from "./failure.js";

/** How large a JSON list, or a line, may be, in bytes: either is in memory as a whole. */
const MAX_LIST = 64_000_000;
const MAX_LINE = 1_000_000;

/**
 * The evaluation contexts that a file holds, one by one. A file with an object a line may be of any size,
 * a JSON list of up to 64 MB.
 *
 * @throws Failure `usage` if it cannot be read, or holds anything else
 */
export async function* streamContexts(path: string): AsyncGenerator<EvaluationContext> {
  let isFirst = true;
  let number = 0;
  for await (const line of linesOf(path)) {
    number += 1;
    const text = line.trim();
    if (text === "") continue;
    if (isFirst && text.startsWith("[")) return yield* await listOf(path);
    isFirst = false;
    yield contextOf(text, `${path}:${number}`);
  }
}

async function listOf(path: string): Promise<readonly EvaluationContext[]> {
  const { size } = await stat(path);
  if (size <= MAX_LIST) return await readContexts(path);
  const what = `${path} is a JSON list of more than 64 MB; write an object a line: such a file may be of any size.`;
  throw new Failure("usage", what);
}

async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = "";
  try {
    for await (const chunk of createReadStream(path, "utf8")) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
      if (rest.length <= MAX_LINE) continue;
      if (rest.trimStart().startsWith("[")) break; // a list that is all in one line
      throw new Failure("usage", `${path} has a line of more than 1 MB; write an object a line.`);
    }
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    const what = `The contexts in ${path} cannot be read: ${(cause as Error).message}; name another file.`;
    throw new Failure("usage", what, cause);
  }
  yield rest;
}

function contextOf(text: string, place: string): EvaluationContext {
  let context: unknown;
  try {
    context = JSON.parse(text);
  } catch (cause) {
    throw new Failure("usage", `${place} is no JSON: ${(cause as Error).message}; mend it.`, cause);
  }
  if (typeof context === "object" && context !== null && !Array.isArray(context)) {
    return context as EvaluationContext;
  }
  throw new Failure("usage", `${place} is no object; a context is one, with a line of its own.`);
}
