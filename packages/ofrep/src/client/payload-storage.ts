import type { Definition, Definitions } from "@burgee/core";
import type { FlagAnswer } from "../answer.js";
import { isObject } from "../body.js";
import type { FlagPayload } from "../payload.js";

/** The longest text that is kept, or read back, in characters. */
const MAX_LENGTH = 262_144;

/** Where a client keeps the last values it was given, to begin with when it starts again. */
export interface PayloadStorage {
  /** The last values, if they were given for what is asked now. Throws nothing. */
  read(asked: string): FlagPayload | undefined;
  /** Keeps values in the place of the last ones. Throws nothing. */
  write(asked: string, payload: FlagPayload): void;
}

/**
 * Keeps a client's last values in a `Storage`, for a start without the server. There is one entry: the
 * values of the last context, which another context does not get. Neither the context nor a receipt is
 * in it. What is read back may have been written by anybody, or by an older application: a flag that is
 * not defined, or whose variant is not, or whose value is not of its definition's type, is left out; a
 * text of more than 262,144 characters is not looked at.
 *
 * @param storage gives the storage. Where it throws, as in a browser that blocks it or on a server,
 * nothing is kept
 * @param definitions the flags that are taken
 * @param key the entry's. `@default "burgee"`
 *
 * @example
 * ```ts
 * import { defineFlags } from "@burgee/core";
 * import { createOfrepClient, payloadStorage } from "@burgee/ofrep/client";
 *
 * const clientFlags = defineFlags({ "new-header": { default: false } });
 *
 * const storage = payloadStorage(() => localStorage, clientFlags);
 * const client = createOfrepClient({ url: "/flags", storage });
 * console.log(client.get("new-header")?.value); // what it was the last time
 * ```
 */
export function payloadStorage(
  storage: () => Pick<Storage, "getItem" | "setItem" | "removeItem">,
  definitions: Definitions,
  key = "burgee",
): PayloadStorage {
  return {
    read(asked) {
      try {
        const text = storage().getItem(key) ?? "";
        const kept: unknown = text.length > MAX_LENGTH ? undefined : JSON.parse(text);
        if (!isObject(kept) || kept["asked"] !== hashOf(asked)) return undefined;
        const flags = kept["flags"] as readonly unknown[];
        return { flags: flags.filter((answer) => isAnswer(answer, definitions)) };
      } catch {
        return undefined;
      }
    },
    write(asked, { flags }) {
      try {
        const text = JSON.stringify({ asked: hashOf(asked), flags });
        if (text.length > MAX_LENGTH) storage().removeItem(key);
        else storage().setItem(key, text);
      } catch {
        // it is full, or blocked
      }
    },
  };
}

function isAnswer(answer: unknown, definitions: Definitions): answer is FlagAnswer {
  if (!isObject(answer)) return false;
  const { key, value, reason, variant } = answer;
  if (typeof key !== "string" || !Object.hasOwn(definitions, key)) return false;
  const { variants, default: safe } = definitions[key] as Definition;
  return (
    jsonTypeOf(value) === jsonTypeOf(variants[safe]) &&
    typeof reason === "string" &&
    (variant === undefined || (typeof variant === "string" && Object.hasOwn(variants, variant)))
  );
}

function jsonTypeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** FNV-1a, 32 bits: it tells one question from another, and does not say whose it was. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
