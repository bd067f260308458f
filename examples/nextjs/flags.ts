import { createFlags, defineFlags } from "@burgee/core";
import { createMonitor } from "@burgee/monitor";
import { createNextFlags } from "@burgee/next";
import { fileStore } from "@burgee/stores/file";
import { counted } from "./app/trouble/counted";
import { clientFlags } from "./client-flags";

const serverFlags = defineFlags({
  "new-checkout": { default: false, owner: "payments", expires: "2027-02-01" },
  holiday: { default: false, kind: "ops", context: "none" },
});

/** The shop's flags: one in this process, however often Next loads this file. */
export const shop = createNextFlags(
  "shop",
  () =>
    createFlags(
      { ...serverFlags, ...clientFlags },
      {
        source: counted(fileStore(process.env["FLAGS"] ?? "flags.json")),
        client: clientFlags,
        secret: process.env["FLAG_SECRET"] ?? "a secret for development and for nothing else",
        environment: "development",
      },
    ),
  {
    context: ({ cookie }) => ({ targetingKey: cookie("user") }),
    visitor: { name: "visitor", secure: false }, // this is served without HTTPS
    attach: (flags) => ({ monitor: createMonitor(flags) }),
  },
);

/** The flags that the static pages of the deals are made for. */
export const deals = shop.group("deals", ["search-ranking", "new-header"]);

declare module "@burgee/core" {
  interface Register {
    shop: typeof shop;
  }
}
