import type { FlagPayload } from "@burgee/ofrep/client";
import { FlagsProvider } from "@burgee/react";
import { useState } from "react";
import { clientFlags, Header } from "./app.js";

/** A page whose visitor logs in as ada before anything on it has read a flag. */
export function EarlyPage({ initial }: { readonly initial: FlagPayload }) {
  const [visitor, setVisitor] = useState("nobody");
  const [shown, setShown] = useState(false);
  return (
    <FlagsProvider
      flags={clientFlags}
      url="/flags"
      context={{ targetingKey: visitor }}
      initial={initial}
    >
      <p id="visitor">{visitor}</p>
      {shown && <Header />}
      <button type="button" id="login" onClick={() => setVisitor("ada")} />
      <button type="button" id="enter" onClick={() => setShown(true)} />
    </FlagsProvider>
  );
}
