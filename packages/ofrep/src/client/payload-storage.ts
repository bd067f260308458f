import type { FlagAnswer } from "../answer.js";
import { isObject } from "../body.js";
import type { FlagPayload } from "../payload.js";

/** The longest text that is kept, or read back, in characters. */
const MAX_LENGTH = 262_144;

/** Where a client keeps the last values it was given, for a start without the server. */
export interface PayloadStorage {
  /** The last values that whoever asks this was given. Throws nothing. */
  read(asked: string): FlagPayload | undefined;
  /** Keeps values in the place of the last ones. Throws nothing. */
  write(asked: string, payload: FlagPayload): void;
}

/**
 * Keeps a client's last values in a `Storage`: one entry, of the last context. Another context does
 * not get them. Neither the context itself nor a receipt is kept; what is read back is looked at like
 * anything that others may write to, and is no more than 256 kB.
 *
 * @param storage gives the storage: where it throws, as in a browser that blocks it or on a server,
 * nothing is kept
 * @param key the entry's. `@default "burgee"`
 *
 * @example
 * ```ts
 * import { createOfrepClient, payloadStorage } from "@burgee/ofrep/client";
 *
 * const storage = payloadStorage(() => localStorage);
 * const client = createOfrepClient({ url: "/flags", storage });
 * console.log(client.get("search-ranking")?.value); // what it was the last time
 * ```
 */
export function payloadStorage(storage: () => Storage, key = "burgee"): PayloadStorage {
  return {
    read(asked) {
      try {
        const text = storage().getItem(key) ?? "";
        const kept: unknown = text.length > MAX_LENGTH ? undefined : JSON.parse(text);
        if (!isObject(kept) || kept["asked"] !== hashOf(asked)) return undefined;
        const { flags } = kept;
        return Array.isArray(flags) && flags.every(isAnswer) ? { flags } : undefined;
      } catch {
        return undefined;
      }
    },
    write(asked, { flags }) {
      try {
        const text = JSON.stringify({ asked: hashOf(asked), flags });
        if (text.length <= MAX_LENGTH) storage().setItem(key, text);
        else storage().removeItem(key);
      } catch {
        // it is full, or blocked
      }
    },
  };
}

function isAnswer(answer: unknown): answer is FlagAnswer {
  return (
    isObject(answer) &&
    Object.hasOwn(answer, "value") &&
    typeof answer["key"] === "string" &&
    typeof answer["reason"] === "string" &&
    ["string", "undefined"].includes(typeof answer["variant"])
  );
}

/** FNV-1a, 32 bits: it tells one context from another, and does not say which. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
