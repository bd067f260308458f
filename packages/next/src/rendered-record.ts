import type { Runtime } from "./registry.js";
import { REGISTRY } from "./registry-key.js";
import type { RequestRecord } from "./request-record.js";

/**
 * The record of the request whose page a server renders; in a browser there is none. It makes nothing
 * and imports nothing, since browsers load it.
 */
export function renderedRecord(): RequestRecord | undefined {
  return (globalThis as Runtime)[REGISTRY]?.records.getStore();
}
