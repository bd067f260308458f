import { existsSync } from "node:fs";
import type { FlagSet } from "@burgee/core";
import { readFlags } from "../find-flag.js";
import type { Session } from "../session.js";

/** The keys of all flags that there are: of the definitions, and of the document, or else of the store. */
export async function knownKeys(session: Session): Promise<ReadonlySet<string>> {
  const defined = Object.keys((await session.readDefinitions()) ?? {});
  if (defined.length > 0 && !existsSync(session.settings.file)) return new Set(defined);
  const { flags } = await readDecided(session);
  return new Set([...Object.keys(flags), ...defined]);
}

async function readDecided({ settings, ...session }: Session): Promise<FlagSet> {
  const { file, store } = settings;
  if (store === file || existsSync(file)) return await session.readDocument();
  return (await readFlags(await session.openStore())).flagSet;
}
