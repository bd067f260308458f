import type { Response as Outgoing } from "express";

/** Gives a Fetch response as Express's: a stream as fast as the browser reads it, until it goes away. */
export async function send(response: Response, outgoing: Outgoing): Promise<void> {
  outgoing.status(response.status).setHeaders(response.headers);
  if (response.body === null) {
    outgoing.end();
    return;
  }
  outgoing.flushHeaders();
  await pour(response.body.getReader(), outgoing);
}

/** By hand, not by `pipeline`: a process has thousands of streams, and that takes 5 kB more of each. */
async function pour(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  outgoing: Outgoing,
): Promise<void> {
  const leave = () => void reader.cancel().catch(() => {});
  if (outgoing.closed) return leave();
  outgoing.once("close", leave);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (!outgoing.write(value)) await drained(outgoing);
    }
    outgoing.end();
  } catch {
    outgoing.destroy();
  }
}

function drained(outgoing: Outgoing): Promise<void> {
  return new Promise((resolve) => void outgoing.once("drain", resolve));
}
