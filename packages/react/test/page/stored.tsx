import { payloadStorage } from "@burgee/ofrep/client";
import { FlagsProvider } from "@burgee/react";
import { clientFlags, Header, Ranking } from "./app.js";

const storage = payloadStorage(() => localStorage, clientFlags);

/** A page that begins with the last values it had, as the visitor in its URL. */
export function StoredPage() {
  const visitor = new URLSearchParams(location.search).get("visitor") ?? "nobody";
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
