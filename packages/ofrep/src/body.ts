/** The largest body that is read, in bytes. */
const MAX_BYTES = 65_536;

/** The context in a request's body, as it was sent; undefined if the body is no OFREP request. */
export async function contextIn(
  request: Request,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const text = await boundedText(request);
    if (text === undefined) return undefined;
    const body: unknown = text === "" ? {} : JSON.parse(text);
    if (!isObject(body)) return undefined;
    const { context = {} } = body;
    return isObject(context) ? context : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined if there is more than is read. */
async function boundedText({ body }: Request): Promise<string | undefined> {
  if (body === null) return "";
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let size = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
