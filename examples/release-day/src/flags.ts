import { defineFlags } from "@burgee/core";

/** The flags this shop reads, on the server and in the browser. */
export const clientFlags = defineFlags({
  "new-checkout": {
    default: false,
    owner: "payments",
    kind: "release",
    expires: "2027-02-01",
  },
  "search-ranking": {
    default: "words",
    variants: ["words", "popular"],
    owner: "search",
    kind: "experiment",
  },
});

declare module "@burgee/core" {
  interface Register {
    shop: typeof clientFlags;
  }
}
