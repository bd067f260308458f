import type { FlagPayload } from "@burgee/ofrep/client";
import { FlagsProvider } from "@burgee/react";
import { useState } from "react";
import { clientFlags, Ranking } from "./app.js";

/** A page whose one reader leaves and comes back. */
export function LeavingPage({ initial }: { readonly initial: FlagPayload }) {
  const [shown, setShown] = useState(true);
  return (
    <FlagsProvider flags={clientFlags} url="/flags" initial={initial}>
      {shown && <Ranking />}
      <button type="button" id="leave" onClick={() => setShown(false)} />
      <button type="button" id="enter" onClick={() => setShown(true)} />
    </FlagsProvider>
  );
}
