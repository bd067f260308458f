import { randomBytes } from "node:crypto";
import { createFlags } from "@burgee/core";
import { fileStore } from "@burgee/stores/file";
import { clientFlags } from "./client-flags.js";

export const flags = createFlags(clientFlags, {
  source: fileStore(process.env["FLAGS"] ?? "flags.json"),
  client: clientFlags,
  // It signs the receipts that browsers report with. Where several processes serve, give them one.
  secret: process.env["FLAG_SECRET"] ?? randomBytes(32).toString("hex"),
});
