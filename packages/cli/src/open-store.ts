import { BurgeeError, type FlagStore, type Revision } from "@burgee/core";
import type { FleetMember } from "@burgee/stores/redis";

/** A store that was opened, to be closed by whoever did. */
export interface OpenStore {
  readonly store: FlagStore;
  /** What it is called in a sentence; no password. */
  readonly name: string;
  /** Whether it drops its oldest entries in time. */
  readonly forgets: boolean;
  /** The revision held; undefined if there is none yet. */
  read(): Promise<Revision | undefined>;
  /** Which instances hold which revision, where the store knows. */
  readonly fleet?: () => Promise<readonly FleetMember[]>;
  close(): void;
}

/** A store that holds nothing says so by the revision of its error: the empty text. */
export async function readFrom(store: FlagStore): Promise<Revision | undefined> {
  try {
    return await store.read();
  } catch (error) {
    if (error instanceof BurgeeError && error.revision === "") return undefined;
    throw error;
  }
}
