import { isDeepStrictEqual } from "node:util";
import { BurgeeError, type FlagSet } from "@burgee/core";
import { type Document, isMap, isScalar, parseDocument, stringify } from "yaml";
import { copyDocument } from "../document.js";

/**
 * The flag set that a YAML text holds.
 *
 * @param origin where the text came from, for messages
 * @throws BurgeeError `INVALID_FLAG_SET`, with the line and column of a syntax error, or the JSON
 * pointer of every fault
 */
export function parseYaml(text: string, origin: string): FlagSet {
  return copyDocument(readValue(text, origin) as FlagSet, origin);
}

/**
 * A YAML text that holds a flag set: another text, with its comments, where just what differs is
 * changed.
 *
 * @param text empty where there is none yet
 */
export function editYaml(text: string, flagSet: FlagSet): string {
  if (text === "") return stringify(flagSet, format);
  try {
    const document = parseDocument(text, KNOWN);
    change(document, [], document.toJS(), flagSet);
    const edited = document.toString({ ...format, indent: indentOf(text) });
    // Not if an alias stands for what was changed, or has lost what it stands for.
    if (isDeepStrictEqual(readValue(edited, "", KNOWN), flagSet)) return edited;
  } catch {
    // written anew
  }
  return stringify(flagSet, format);
}

/** Long texts stay in one line, and nothing written once is replaced by an alias. */
const format = { lineWidth: 0, aliasDuplicateObjects: false };

/** No key is there twice in what was parsed before, or was just written: looking takes long. */
const KNOWN = { uniqueKeys: false };

function readValue(text: string, origin: string, options = {}): unknown {
  try {
    const document = parseDocument(text, options);
    const [error] = document.errors;
    if (error !== undefined) throw error;
    if (document.contents === null) throw new Error("The file is empty");
    return document.toJS();
  } catch (cause) {
    const { linePos, message } = cause as YamlFault;
    const place = linePos === undefined ? "" : `:${linePos[0].line}:${linePos[0].col}`;
    const [what] = message.split(/ at line \d+, column \d+|\n/);
    throw new BurgeeError("INVALID_FLAG_SET", `${origin}${place}: ${what}.`, { cause });
  }
}

interface YamlFault {
  readonly message: string;
  readonly linePos?: readonly [{ readonly line: number; readonly col: number }, ...unknown[]];
}

function change(document: Document, path: string[], before: unknown, after: unknown): void {
  if (isDeepStrictEqual(before, after)) return;
  const node = document.getIn(path, true);
  if (isScalar(node) && !isObject(after)) {
    node.value = after;
    return;
  }
  if (!isRecord(before) || !isRecord(after) || !hasTextKeys(node)) {
    return document.setIn(path, document.createNode(after, format));
  }
  for (const key of Object.keys(before)) {
    if (!Object.hasOwn(after, key)) document.deleteIn([...path, key]);
  }
  for (const key of Object.keys(after)) {
    const held = Object.hasOwn(before, key) ? before[key] : undefined;
    change(document, [...path, key], held, after[key]);
  }
}

/** Whether a node is written out as a map, no alias, whose entries are found by their names. */
function hasTextKeys(node: unknown): boolean {
  return (
    isMap(node) && node.items.every(({ key }) => isScalar(key) && typeof key.value === "string")
  );
}

/** What the first nested entry is indented by, in spaces. */
function indentOf(text: string): number {
  return /^[^\s#-][^\n]*:[^\n]*\n(?:\s*(?:#[^\n]*)?\n)*( +)\S/m.exec(text)?.[1]?.length ?? 2;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !Array.isArray(value);
}
