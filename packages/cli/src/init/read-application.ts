import { existsSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { Failure } from "../failure.js";
import { findText } from "../write-file.js";
import { express } from "./express.js";
import type { Framework, Place } from "./framework.js";
import { nest } from "./nest.js";
import { next } from "./next.js";
import { node } from "./node.js";

/** What an application is made of. */
export interface Application {
  readonly framework: Framework;
  readonly place: Place;
  /** What it depends on, by package. */
  readonly dependencies: ReadonlySet<string>;
}

/** Those that stand on others first: an application on Nest may well name Express, too. */
const frameworks: readonly Framework[] = [next, nest, express];

/**
 * Reads an application's `package.json`, and looks where its sources are.
 *
 * @param root the folder of the `package.json`
 * @param document the absolute path of the flag document
 * @throws Failure `usage` without a `package.json` that can be read
 */
export async function readApplication(root: string, document: string): Promise<Application> {
  const { type, dependencies, devDependencies } = await readPackage(join(root, "package.json"));
  const names = new Set([dependencies, devDependencies].flatMap((all) => Object.keys(Object(all))));
  const framework = frameworks.find(({ dependency }) => names.has(dependency)) ?? node;
  const isBundled = framework === next; // which knows no file endings
  return {
    framework,
    dependencies: names,
    place: {
      folder: folderOf(root, isBundled),
      flags: type === "module" && !isBundled ? "./flags.js" : "./flags",
      document: relative(root, document).split(sep).join("/"),
      today: new Date().toISOString().slice(0, 10),
    },
  };
}

function folderOf(root: string, isNext: boolean): string {
  const hasRoutesHere = isNext && ["app", "pages"].some((name) => existsSync(join(root, name)));
  return existsSync(join(root, "src")) && !hasRoutesHere ? "src/" : "";
}

async function readPackage(path: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await findText(path);
  if (text === undefined) {
    const what = `There is no package.json in ${path.slice(0, -"/package.json".length)}; run it where your application is.`;
    throw new Failure("usage", what);
  }
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read === "object" && read !== null && !Array.isArray(read)) return { ...read };
  } catch (cause) {
    throw new Failure("usage", `${path} is no JSON: ${(cause as Error).message}; mend it.`, cause);
  }
  throw new Failure("usage", `${path} is no JSON object; mend it.`);
}
