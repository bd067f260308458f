"use client";

import { FlagBoundary, useFlag } from "@burgee/react";
import { useState } from "react";

function Menu() {
  if (useFlag("new-header")) throw new RangeError("The new header has no menu.");
  return <p id="menu">The menu</p>;
}

/** Under the new header it breaks in the browser, when its menu is opened. */
export function Fragile() {
  const [open, setOpen] = useState(false);
  return (
    <FlagBoundary fallback={<p id="menu">There is no menu now</p>}>
      <button type="button" onClick={() => setOpen(true)}>
        Open
      </button>
      {open && <Menu />}
    </FlagBoundary>
  );
}
