import type { EvaluationContext } from "@burgee/core";
import { Failure } from "./failure.js";

/**
 * The evaluation context that options say: `plan=pro`, `age=42`, `address.city=Gent`, or a JSON object. A
 * value that is JSON is taken as that, but for the targeting key, which is always a text.
 *
 * @throws Failure `usage` for one that says nothing, or what another one says, too
 */
export function contextOf(options: readonly string[]): EvaluationContext {
  const context: Attributes = new Map();
  for (const option of options) {
    if (option.trimStart().startsWith("{")) {
      for (const [name, value] of Object.entries(objectOf(option)))
        put(context, [name], value, option);
      continue;
    }
    const at = option.indexOf("=");
    const path = option.slice(0, Math.max(at, 0)).split(".");
    if (path.includes("")) {
      const what = `${JSON.stringify(option)} says no attribute; write name=value, such as plan=pro or address.city=Gent.`;
      throw new Failure("usage", what);
    }
    const text = option.slice(at + 1);
    put(context, path, path[0] === "targetingKey" ? text : typed(text), option);
  }
  return plain(context) as EvaluationContext;
}

/** Attributes by name: those of objects are maps, too. A map's names reach no prototype. */
type Attributes = Map<string, unknown>;

function put(context: Attributes, path: readonly string[], value: unknown, option: string): void {
  const [name = "", ...inside] = path;
  const held = context.get(name);
  const isFree = held === undefined || (inside.length > 0 && held instanceof Map);
  if (!isFree) {
    throw new Failure(
      "usage",
      `${JSON.stringify(option)} says ${path[0]} a second time; say it once.`,
    );
  }
  if (inside.length === 0) return void context.set(name, value);
  const object: Attributes = held instanceof Map ? held : new Map();
  put(object, inside, value, option);
  context.set(name, object);
}

function plain(value: unknown): unknown {
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...value].map(([name, inside]) => [name, plain(inside)]));
}

function objectOf(text: string): object {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Failure("usage", `${text} is no JSON: ${(cause as Error).message}; mend it.`, cause);
  }
}

function typed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
