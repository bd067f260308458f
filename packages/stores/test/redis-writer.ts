import type { FlagDefinition, FlagStore } from "@burgee/core";
import { expect } from "vitest";
import { who } from "./redis-shop.js";

/**
 * Adds flags one by one, each until no other writer was quicker.
 *
 * @returns the hashes of its audit entries
 */
export async function write(
  store: FlagStore,
  writer: string,
  count: number,
  revision: string,
  flag: FlagDefinition,
): Promise<readonly string[]> {
  const hashes: string[] = [];
  for (let expected = revision; hashes.length < count; ) {
    const put = { [`${writer}-${hashes.length}`]: flag };
    try {
      const entry = await store.commit({ ...who, expected, flags: { put } });
      hashes.push(entry.hash);
      expected = entry.revision;
    } catch (error) {
      expect(error).toMatchObject({ code: "REVISION_CONFLICT" });
      expected = (error as { readonly revision: string }).revision;
    }
  }
  return hashes;
}
