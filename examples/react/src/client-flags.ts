import { defineFlags } from "@burgee/core";

export const clientFlags = defineFlags({
  "tea-order": { default: "by-name", variants: ["by-name", "by-sales"], kind: "experiment" },
  "brewing-advice": { default: false, owner: "tea-room" },
});

declare module "@burgee/core" {
  interface Register {
    page: typeof clientFlags;
  }
}
