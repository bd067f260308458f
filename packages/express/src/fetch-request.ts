import type { Request as Incoming } from "express";

/**
 * Express's request as Fetch has it. Undefined for what no Fetch request can be: a method like
 * TRACE, a path like `//`.
 */
export function toFetchRequest(
  incoming: Incoming,
  body: BodyInit | undefined,
): Request | undefined {
  const headers = Object.entries(incoming.headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  );
  try {
    const url = new URL(incoming.originalUrl, "http://localhost");
    return new Request(url, {
      method: incoming.method,
      headers,
      ...(body !== undefined && { body }),
    });
  } catch {
    return undefined;
  }
}
