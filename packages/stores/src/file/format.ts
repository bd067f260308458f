import { extname } from "node:path";
import type { FlagSet } from "@burgee/core";
import { parseDocument } from "../document.js";
import { editJson } from "./edit-json.js";

/** How a flag set is written in a file. */
export interface FileFormat {
  /**
   * The flag set that a text holds.
   *
   * @param origin where the text came from, for messages
   * @throws BurgeeError `INVALID_FLAG_SET`
   */
  parse(text: string, origin: string): FlagSet | Promise<FlagSet>;
  /**
   * A text that holds a flag set, as like as can be to the one that holds another.
   *
   * @param text empty where there is none yet
   */
  edit(text: string, flagSet: FlagSet): string | Promise<string>;
}

/** The format that a file's name stands for. */
export function formatOf(file: string): FileFormat {
  return [".yaml", ".yml"].includes(extname(file).toLowerCase()) ? yaml : json;
}

const json: FileFormat = { parse: parseDocument, edit: editJson };

/** Its library is loaded by those who have such a file. */
const yaml: FileFormat = {
  parse: async (text, origin) => (await import("./yaml.js")).parseYaml(text, origin),
  edit: async (text, flagSet) => (await import("./yaml.js")).editYaml(text, flagSet),
};
