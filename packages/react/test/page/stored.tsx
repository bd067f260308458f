import { payloadStorage } from "@burgee/ofrep/client";
import { FlagsProvider } from "@burgee/react";
import { clientFlags, Header, Ranking } from "./app.js";

const storage = payloadStorage(() => localStorage, clientFlags);

/** A page that begins with the last values that its visitor had. */
export function StoredPage({ visitor = "nobody" }: { readonly visitor?: string | undefined }) {
  return (
    <FlagsProvider
      flags={clientFlags}
      url="/flags"
      context={{ targetingKey: visitor }}
      storage={storage}
    >
      <Header />
      <Ranking />
    </FlagsProvider>
  );
}
