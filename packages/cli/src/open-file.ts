import { relative } from "node:path";
import { fileStore } from "@burgee/stores/file";
import { type OpenStore, readFrom } from "./open-store.js";
import type { Settings } from "./settings.js";

/** Opens a store in a file. @param path of the file, which need not be there yet */
export function openFile({ auditKey }: Settings, path: string): OpenStore {
  const store = fileStore(path, auditKey === undefined ? {} : { auditKey });
  return {
    store,
    name: relative(process.cwd(), path) || path,
    forgets: false,
    read: () => readFrom(store),
    close() {},
  };
}
