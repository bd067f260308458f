import { readFileSync, statSync } from "node:fs";
import { relative } from "node:path";
import type ts from "typescript";
import { type Use, useOf } from "./kinds.js";

/** A place in the code that is about a flag. */
export interface Reference extends Use {
  readonly flag: string;
  /** From the root of the project. */
  readonly file: string;
  /** Both counted from 1. */
  readonly line: number;
  readonly column: number;
}

/** What was found in the code. */
export interface References {
  readonly references: readonly Reference[];
  /** How many files were looked at. */
  readonly files: number;
  /** The files that were not, and why. */
  readonly skipped: readonly SkippedFile[];
}

/** A file that was not looked at. */
export interface SkippedFile {
  readonly file: string;
  readonly why: string;
}

/** How large a source file may be, in bytes: what is larger was generated. */
const MAX_SIZE = 1_000_000;

/**
 * Finds every reference to flags, by the syntax tree of the files that have the text of a key.
 *
 * @param paths absolute, of source files
 * @param progress is told how many files are done, now and then
 */
export async function findReferences(
  keys: Iterable<string>,
  paths: readonly string[],
  root: string,
  progress: (done: number) => void = () => {},
): Promise<References> {
  const wanted = new Set(keys);
  const references: Reference[] = [];
  const skipped: SkippedFile[] = [];
  if (wanted.size === 0) return { references, files: paths.length, skipped };
  const { default: api } = await import("typescript"); // it takes long to load
  const hint = textOfAny(wanted);
  for (const [index, path] of paths.entries()) {
    if (index % 100 === 0) progress(index);
    const file = relative(root, path);
    try {
      const text = readSource(path);
      if (hint.test(text)) references.push(...referencesIn(text, file, wanted, api));
    } catch (error) {
      skipped.push({ file, why: (error as Error).message });
    }
  }
  return { references, files: paths.length - skipped.length, skipped };
}

/** @throws Error if it is no file, is too large or cannot be read */
function readSource(path: string): string {
  const found = statSync(path);
  if (!found.isFile()) throw new Error("it is no file");
  if (found.size > MAX_SIZE) throw new Error(`it has more than ${MAX_SIZE / 1_000_000} MB`);
  return readFileSync(path, "utf8"); // of thousands of small files this is twice as fast
}

function textOfAny(keys: Iterable<string>): RegExp {
  return new RegExp([...keys].map((key) => key.replace(/[$()*+.?[\\\]^{|}]/g, "\\$&")).join("|"));
}

function referencesIn(
  text: string,
  file: string,
  keys: ReadonlySet<string>,
  api: typeof ts,
): Reference[] {
  const options = {
    languageVersion: api.ScriptTarget.Latest,
    jsDocParsingMode: api.JSDocParsingMode.ParseNone, // comments are not looked at
  };
  const source = api.createSourceFile(file, text, options, true);
  const found: Reference[] = [];
  const visit = (node: ts.Node): void => {
    if ((api.isStringLiteralLike(node) || api.isIdentifier(node)) && keys.has(node.text)) {
      const use = useOf(node, api);
      const start = source.getLineAndCharacterOfPosition(node.getStart(source));
      const place = { file, line: start.line + 1, column: start.character + 1 };
      if (use !== undefined) found.push({ flag: node.text, ...place, ...use });
    }
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}
