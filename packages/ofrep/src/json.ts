/** An answer in JSON, which nobody keeps. */
export function json(
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json(body, { status, headers: { "cache-control": "no-store", ...headers } });
}

/** A refusal that says in how many seconds one may ask again. */
export function later(status: 429 | 503, errorDetails: string, seconds: number): Response {
  return json(status, { errorDetails }, { "retry-after": String(seconds) });
}
