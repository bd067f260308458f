import type { Session } from "../session.js";
import { findReferences, type References } from "./find-references.js";
import { sourceFiles } from "./source-files.js";

/** Finds every reference to flags in the sources of a project, and says how far it is. */
export async function searchCode(
  { output, settings }: Session,
  keys: Iterable<string>,
): Promise<References> {
  const paths = await sourceFiles(settings.root, settings.sources);
  return await findReferences(keys, paths, settings.root, (done) => {
    const [now, all] = [done, paths.length].map((count) => count.toLocaleString("en"));
    output.progress(`${now} of ${all} files`);
  });
}
