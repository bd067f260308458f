import { BurgeeError } from "@burgee/core";

/**
 * The one JSON text of a value, whoever writes it: without spaces, an object's keys sorted
 * (RFC 8785). Nothing, `undefined`, is an empty text.
 *
 * @throws BurgeeError `INVALID_FLAG_SET` for what is nested too deep
 */
export function canonicalJson(value: unknown): string {
  try {
    return textOf(value);
  } catch (cause) {
    const what = `What is written cannot be a JSON text: ${(cause as Error).message}.`;
    throw new BurgeeError("INVALID_FLAG_SET", what, { cause });
  }
}

function textOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
  if (Array.isArray(value)) return `[${value.map((item) => textOf(item) || "null").join()}]`;
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const text = textOf((value as Record<string, unknown>)[key]);
    if (text !== "") members.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${members.join()}}`;
}
