import { useEffect, useState } from "react";

/** How often the panel asks, in milliseconds. */
const EVERY = 1000;

/** What each variant did so far, and the trace of the last failure. */
export function Panel() {
  return (
    <>
      <Text from="/variants" />
      <Text from="/last-failure" />
    </>
  );
}

/** A text of the server's, asked for again and again. */
function Text({ from }: { readonly from: string }) {
  const [text, setText] = useState("");
  useEffect(() => {
    const ask = async () => setText(await (await fetch(from)).text());
    const asking = setInterval(() => ask().catch(() => {}), EVERY);
    return () => clearInterval(asking);
  }, [from]);
  return <pre data-from={from}>{text}</pre>;
}
