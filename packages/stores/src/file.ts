import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { BurgeeError, type FlagSource, type Revision, type RevisionSink } from "@burgee/core";
import { parseDocument } from "./document.js";
import { watchPath } from "./watch.js";

/** The largest file that is read, in bytes. */
const MAX_BYTES = 10_000_000;

/** How long a fault must stay before it is told, in milliseconds: most are half-written files. */
const SETTLE = 100;

/**
 * A flag set in a JSON file, followed while it is subscribed to: edits in place, an editor's
 * atomic rename, a swapped Kubernetes ConfigMap. A file that is missing, torn or invalid is a
 * problem, and the last good revision stays.
 *
 * @param path of the file, from the working directory
 *
 * @example
 * ```ts
 * import { createFlags, defineFlags } from "@burgee/core";
 * import { fileStore } from "@burgee/stores/file";
 *
 * const definitions = defineFlags({ "new-checkout": { default: false } });
 * const flags = createFlags(definitions, { source: fileStore("flags.json") });
 * await flags.ready();
 * ```
 */
export function fileStore(path: string): FlagSource {
  const file = resolve(path);
  const sinks = new Set<RevisionSink>();
  let held: Revision | undefined;
  let suspected: string | undefined;
  let stopWatching = (): void => {};
  let settling: NodeJS.Timeout | undefined;
  let looked = Promise.resolve();

  function tell(event: (sink: RevisionSink) => void): void {
    for (const sink of sinks) event(sink);
  }

  function refresh(): void {
    looked = looked.then(look);
  }

  async function look(): Promise<void> {
    let content: string | undefined;
    try {
      const bytes = await readBounded(file);
      content = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
      if (content === held?.id) tell((sink) => sink.current());
      else adopt({ id: content, flagSet: parseDocument(bytes.toString(), file) });
      suspected = undefined;
    } catch (error) {
      suspect(error, content);
    }
  }

  function adopt(revision: Revision): void {
    held = revision;
    tell((sink) => sink.next(revision));
  }

  /** Tells a fault that is still the same after a while. */
  function suspect(error: unknown, content = "none"): void {
    if (sinks.size === 0) return;
    if (suspected === content) return tell((sink) => sink.problem(error));
    suspected = content;
    clearTimeout(settling);
    settling = setTimeout(refresh, SETTLE).unref();
  }

  function start(): void {
    stopWatching = watchPath(file, refresh);
    refresh();
  }

  function stop(): void {
    stopWatching();
    clearTimeout(settling);
    suspected = undefined;
  }

  return {
    subscribe(sink) {
      sinks.add(sink);
      if (sinks.size === 1) start();
      if (held !== undefined) sink.next(held);
      return () => {
        if (sinks.delete(sink) && sinks.size === 0) stop();
      };
    },
  };
}

async function readBounded(file: string): Promise<Buffer> {
  try {
    const found = await stat(file);
    if (!found.isFile()) throw new Error("it is not a file");
    if (found.size <= MAX_BYTES) return await readFile(file);
    const what = `${file} has ${found.size} bytes, and at most ${MAX_BYTES} are read.`;
    throw new BurgeeError("INVALID_FLAG_SET", what);
  } catch (cause) {
    if (cause instanceof BurgeeError) throw cause;
    const what = `${file} cannot be read: ${(cause as Error).message}.`;
    throw new BurgeeError("SOURCE_UNAVAILABLE", what, { cause });
  }
}
