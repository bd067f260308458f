import type { FlagPayload } from "@burgee/ofrep/client";
import { FlagsProvider, useShownFlags } from "@burgee/react";
import { useLayoutEffect, useState } from "react";
import { clientFlags, Header, Ranking } from "./app.js";

function Told() {
  const shown = useShownFlags();
  useLayoutEffect(() => {
    Object.assign(globalThis, { shown });
  }, [shown]);
  return null;
}

/** A page that tells what it shows: two readers of the header, which leave one by one, and the ranking. */
export function ShownPage({ initial }: { readonly initial: FlagPayload }) {
  const [headers, setHeaders] = useState([1, 2]);
  return (
    <FlagsProvider flags={clientFlags} url="/flags" initial={initial}>
      <Told />
      {headers.map((header) => (
        <Header key={header} />
      ))}
      <Ranking />
      <button type="button" id="leave" onClick={() => setHeaders(headers.slice(1))}>
        {headers.length}
      </button>
    </FlagsProvider>
  );
}
