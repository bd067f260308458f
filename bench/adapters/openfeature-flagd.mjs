import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FlagdProvider } from "@openfeature/flagd-provider";
import { OpenFeature } from "@openfeature/server-sdk";
import { flagdDocument } from "../lib/flagd-document.mjs";
import { clientOver } from "../lib/openfeature.mjs";
import { quiet } from "../lib/quiet.mjs";

export const meta = {
  name: "OpenFeature, flagd provider",
  packages: ["@openfeature/flagd-provider", "@openfeature/server-sdk"],
  api: "await client.get…Details(); bulk by a loop",
  notes: "in process, from a file",
};

export const prepare = flagdDocument;

export async function load(document, flags) {
  const folder = mkdtempSync(join(tmpdir(), "flagd-"));
  const offlineFlagSourcePath = join(folder, "flags.json");
  writeFileSync(offlineFlagSourcePath, document);
  OpenFeature.setLogger(quiet);
  const provider = new FlagdProvider({ resolverType: "in-process", offlineFlagSourcePath }, quiet);
  const loaded = await clientOver(provider, flags);
  return {
    ...loaded,
    async close() {
      await loaded.close();
      rmSync(folder, { recursive: true });
    },
  };
}
