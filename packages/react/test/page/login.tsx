import { FlagsProvider, type FlagsProviderProps, useFlag, useFlagContext } from "@burgee/react";
import { useLayoutEffect, useState } from "react";
import { clientFlags } from "./app.js";

/** What was on the screen, in order. */
const committed: string[] = [];

function Header() {
  const header = useFlag("new-header");
  const ranking = useFlag("search-ranking");
  const { identify, pending } = useFlagContext();
  const [done, setDone] = useState("");
  const shown = `${ranking} ${header}${pending ? " pending" : ""}`;
  useLayoutEffect(() => {
    if (committed.at(-1) !== shown) committed.push(shown);
  });
  const logIn = async () => {
    await identify({ targetingKey: "ada" });
    setDone("done");
  };
  return (
    <>
      <p id="shown">{shown}</p>
      <p id="done">{done}</p>
      <button type="button" id="login" onClick={logIn} />
      <button type="button" id="cycle" onClick={() => identify(cyclic())} />
    </>
  );
}

/** A context that is no JSON. */
function cyclic(): Record<string, unknown> {
  const context: Record<string, unknown> = { targetingKey: 1n };
  context["self"] = context;
  return context;
}

/** A page whose visitor logs in as ada, below the provider or by its context. */
export function LoginPage({ initial }: Pick<FlagsProviderProps, "initial">) {
  const [visitor, setVisitor] = useState("nobody");
  const [renders, setRenders] = useState(1);
  Object.assign(globalThis, { committed });
  return (
    <FlagsProvider
      flags={clientFlags}
      url="/flags"
      context={{ targetingKey: visitor }}
      {...(initial && { initial })}
    >
      <Header />
      <button type="button" id="again" onClick={() => setRenders(renders + 1)}>
        {renders}
      </button>
      <button type="button" id="leave" onClick={() => setVisitor("bob")} />
    </FlagsProvider>
  );
}
