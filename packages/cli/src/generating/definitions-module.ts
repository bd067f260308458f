import { basename } from "node:path";
import type { FlagSet } from "@burgee/core";
import { oneLine } from "../one-line.js";
import { literal } from "./literal.js";
import { writtenDefinitions } from "./written-definitions.js";

/**
 * A TypeScript module that defines the flags of a document, and tells every adapter their keys, values
 * and variants.
 *
 * @param file the path of the document
 * @throws BurgeeError `INVALID_DEFINITION` for a document that no definitions can be made of
 */
export function definitionsModule(flagSet: FlagSet, file: string): string {
  return `// Made of ${oneLine(basename(file))} by \`burgee types\`.
// Each default is the document's default variant: see that it is the one that is safe to serve.
import { defineFlags } from "@burgee/core";

export const definitions = defineFlags(${literal(writtenDefinitions(flagSet))});

declare module "@burgee/core" {
  interface Register {
    definitions: typeof definitions;
  }
}
`;
}
