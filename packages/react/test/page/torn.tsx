import type { FlagPayload } from "@burgee/ofrep/client";
import { FlagsProvider, useFlag } from "@burgee/react";
import { useDeferredValue, useState, useTransition } from "react";
import { clientFlags } from "./app.js";

/** How long each reader takes to render, in milliseconds. */
const SLOW = 10;

const rendering = { started: 0 };

function Slow() {
  const ranking = useFlag("search-ranking");
  rendering.started++;
  const until = performance.now() + SLOW;
  while (performance.now() < until);
  return <i className="slow">{ranking}</i>;
}

/** A page on which many slow readers come to the screen in a transition. */
export function TornPage({ initial }: { readonly initial: FlagPayload }) {
  const [readers, setReaders] = useState(0);
  const [, startTransition] = useTransition();
  const [wanted, setWanted] = useState(0);
  const deferred = useDeferredValue(wanted);
  Object.assign(globalThis, { rendering });
  return (
    <FlagsProvider flags={clientFlags} url="/flags" initial={initial}>
      <button
        type="button"
        id="transition"
        onClick={() => startTransition(() => setReaders(100))}
      />
      <button type="button" id="defer" onClick={() => setWanted(100)} />
      <FirstReader />
      {Array.from({ length: Math.max(readers, deferred) }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <Slow key={index} />
      ))}
    </FlagsProvider>
  );
}

/** It is there from the beginning, and has the flags followed. */
function FirstReader() {
  return <i className="slow">{useFlag("search-ranking")}</i>;
}
