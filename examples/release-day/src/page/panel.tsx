import { useEffect, useState } from "react";

/** How often the panel asks for the figures, in milliseconds. */
const EVERY = 1000;

/** What each variant did so far, as the shop's monitor counts it. */
export function Panel() {
  const [table, setTable] = useState("");
  useEffect(() => {
    const ask = async () => setTable(await (await fetch("/variants")).text());
    const asking = setInterval(() => ask().catch(() => {}), EVERY);
    return () => clearInterval(asking);
  }, []);
  return <pre id="variants">{table}</pre>;
}
