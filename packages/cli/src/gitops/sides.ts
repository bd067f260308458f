import type { FlagSet } from "@burgee/core";
import { Failure } from "../failure.js";
import type { OpenStore } from "../open-store.js";
import type { Session } from "../session.js";

/** What is compared: the flag document in Git, and the store that it is applied to. */
export interface Sides {
  readonly git: FlagSet;
  readonly opened: OpenStore;
}

/** @throws Failure `usage` if the store is the document itself; BurgeeError if one cannot be had */
export async function readSides(session: Session): Promise<Sides> {
  const opened = await storeApart(session);
  return { git: await session.readDocument(), opened };
}

/**
 * The store, which is not the document.
 *
 * @throws Failure `usage` if it is
 */
export async function storeApart({ settings, openStore }: Session): Promise<OpenStore> {
  const { file, store } = settings;
  if (store !== file) return await openStore();
  const what = `The store is the flag document itself, ${file}; name another with --store.`;
  throw new Failure("usage", what);
}
