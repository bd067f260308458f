import { gitIgnored } from "./ignored.js";

/** What can be read as TypeScript or JavaScript. */
const CODE = /\.(?:[cm]?[jt]s|[jt]sx)$/;

/**
 * The source files of a project, sorted: TypeScript and JavaScript, but for `node_modules`, whatever
 * begins with a dot, and what Git ignores. Symbolic links are not followed.
 *
 * @param root the absolute path that the globs start from
 * @param globs which of them. `@default` all
 * @returns absolute paths
 */
export async function sourceFiles(root: string, globs?: readonly string[]): Promise<string[]> {
  const { glob } = await import("tinyglobby"); // the other commands start without it
  const paths = await glob([...(globs ?? ["**/*"])], {
    cwd: root,
    ignore: ["**/node_modules/**"],
    followSymbolicLinks: false,
    absolute: true,
  });
  const ignored = gitIgnored(root);
  return paths.filter((path) => CODE.test(path) && !ignored(path)).sort();
}
