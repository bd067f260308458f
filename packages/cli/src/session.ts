import type { Definitions, FlagSet } from "@burgee/core";
import { fileStore } from "@burgee/stores/file";
import { loadDefinitions } from "./definitions.js";
import { openAddress } from "./open-address.js";
import type { OpenStore } from "./open-store.js";
import { type Authorship, readAuthorship } from "./origin.js";
import type { Output } from "./output.js";
import type { Settings } from "./settings.js";

/** What a command works with. Each part is had when it is first asked for. */
export interface Session {
  readonly settings: Settings;
  readonly output: Output;
  /** The store; it is closed when the command has ended. */
  openStore(): Promise<OpenStore>;
  /**
   * The flag document in Git.
   *
   * @throws BurgeeError `SOURCE_UNAVAILABLE`, `INVALID_FLAG_SET`
   */
  readDocument(): Promise<FlagSet>;
  /** The flags that the code defines; undefined where no module was named. */
  readDefinitions(): Promise<Definitions | undefined>;
  /**
   * Who makes a change, and where it comes from.
   *
   * @param file what is written; where it is not as committed, the commit is marked as `-dirty`
   */
  authorship(file?: string): Promise<Authorship>;
  close(): void;
}

export function createSession(settings: Settings, output: Output): Session {
  let opened: Promise<OpenStore> | undefined;

  return {
    settings,
    output,
    openStore() {
      opened ??= openAddress(settings);
      return opened;
    },
    readDocument: async () => (await fileStore(settings.file).read()).flagSet,
    async readDefinitions() {
      const { definitions } = settings;
      return definitions.length === 0 ? undefined : await loadDefinitions(definitions);
    },
    authorship: (file) => readAuthorship(settings.root, file),
    close() {
      opened?.then(({ close }) => close()).catch(() => {});
    },
  };
}
