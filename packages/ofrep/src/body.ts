/** What stands for a body of more bytes than are read. */
export const TOO_LARGE = Symbol("too large");

/**
 * The object that a request's body is in JSON, whatever type it says it has; undefined for any other
 * body.
 *
 * @param limit how many bytes are read
 */
export async function objectIn(
  request: Request,
  limit: number,
): Promise<Readonly<Record<string, unknown>> | typeof TOO_LARGE | undefined> {
  try {
    const text = await boundedText(request, limit);
    if (text === TOO_LARGE) return TOO_LARGE;
    const body: unknown = text === "" ? {} : JSON.parse(text);
    return isObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

async function boundedText(
  { body, headers }: Request,
  limit: number,
): Promise<string | typeof TOO_LARGE> {
  if (body === null) return "";
  if (Number(headers.get("content-length")) > limit) return TOO_LARGE;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let size = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > limit) return TOO_LARGE;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** Whether a value is an object, and no list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
