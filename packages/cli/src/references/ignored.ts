import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import ignore, { type Ignore } from "ignore";

/**
 * Which files Git would leave out: by the `.gitignore` of each folder from the top of the repository
 * down, the deepest that speaks of a file having the last word. Without a repository, from this folder.
 *
 * @param root absolute, as are the paths that are asked about
 */
export function gitIgnored(root: string): (path: string) => boolean {
  const top = topOf(root);
  const known = new Map<string, Ignore | undefined>();

  function rulesOf(folder: string): Ignore | undefined {
    if (!known.has(folder)) known.set(folder, readRules(join(folder, ".gitignore")));
    return known.get(folder);
  }

  return (path) => {
    let left = false;
    for (const folder of foldersDown(top, dirname(path))) {
      const { ignored, unignored } = rulesOf(folder)?.test(slashed(relative(folder, path))) ?? {};
      if (ignored) left = true;
      else if (unignored) left = false;
    }
    return left;
  };
}

/** The top of the repository that a folder is in; the folder itself if there is none. */
function topOf(root: string): string {
  for (let folder = root; ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) return folder;
    if (folder === dirname(folder)) return root;
  }
}

/** From the top down to a folder, both of them included. */
function foldersDown(top: string, folder: string): readonly string[] {
  const names = relative(top, folder).split(sep).filter(Boolean);
  return [top, ...names.map((_, index) => join(top, ...names.slice(0, index + 1)))];
}

function readRules(file: string): Ignore | undefined {
  try {
    return ignore().add(readFileSync(file, "utf8"));
  } catch {
    return undefined; // most folders have none
  }
}

function slashed(path: string): string {
  return path.replaceAll(sep, "/");
}
