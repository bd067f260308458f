/** An entity tag for an answer: a hash of what it says, whatever revision said it. */
export async function tagOf(answer: object): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(answer));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hex = Array.from(digest.slice(0, 16), (byte) => byte.toString(16).padStart(2, "0"));
  return `"${hex.join("")}"`;
}

/** Whether an `If-None-Match` header names the tag. */
export function matches(header: string | null, tag: string): boolean {
  return (header ?? "").split(",").some((given) => given.trim().replace(/^W\//, "") === tag);
}
