import { Failure } from "./failure.js";

/**
 * What a module of the user's exports: JavaScript, or TypeScript that Node alone could not run.
 *
 * @throws Failure `usage` if it cannot be loaded
 */
export async function loadModule(path: string): Promise<Readonly<Record<string, unknown>>> {
  const { createJiti } = await import("jiti"); // it takes long to load
  const jiti = createJiti(import.meta.url, { fsCache: false, interopDefault: false });
  try {
    return await jiti.import(path);
  } catch (error) {
    const [why = ""] = String(error instanceof Error ? error.message : error).split("\n");
    throw new Failure(
      "usage",
      `${path} cannot be loaded: ${why}; mend it, or name another.`,
      error,
    );
  }
}
