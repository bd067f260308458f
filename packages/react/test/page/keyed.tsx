import type { FlagPayload } from "@burgee/ofrep/client";
import { FlagsProvider, useFlag, useFlags } from "@burgee/react";
import { useDeferredValue, useLayoutEffect, useState, useTransition } from "react";
import { clientFlags } from "./app.js";

type Key = "search-ranking" | "new-header";

/** What was on the screen, as `key=value`, in order. */
const committed: string[] = [];

function Shown({ name, as = name }: { readonly name: Key; readonly as?: string }) {
  const value = useFlag(name);
  useLayoutEffect(() => {
    committed.push(`${as}=${value}`);
  });
  return <p id="shown">{`${name}=${value}`}</p>;
}

function Group({ name }: { readonly name: Key }) {
  const values = useFlags([name]);
  useLayoutEffect(() => {
    committed.push(`group: ${name}=${values[name]}`);
  });
  return null;
}

/** A page whose component reads one flag, and then, by a button each, another. */
export function KeyedPage({ initial }: { readonly initial: FlagPayload }) {
  const [name, setName] = useState<Key>("search-ranking");
  const [later, setLater] = useState<Key>("search-ranking");
  const [, startTransition] = useTransition();
  const deferred = useDeferredValue(later);
  Object.assign(globalThis, { committed });
  return (
    <FlagsProvider flags={clientFlags} url="/flags" initial={initial}>
      <Shown name={name} />
      <Shown name={deferred} as={`deferred: ${deferred}`} />
      <Group name={name} />
      <button type="button" id="change" onClick={() => setName("new-header")} />
      <button
        type="button"
        id="transition"
        onClick={() => startTransition(() => setName("new-header"))}
      />
      <button type="button" id="defer" onClick={() => setLater("new-header")} />
    </FlagsProvider>
  );
}
