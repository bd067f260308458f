import { defineFlags } from "@burgee/core";
import { FlagsProvider, type FlagsProviderProps, useFlagDetails } from "@burgee/react";
import { Suspense, useState } from "react";
import { App, clientFlags, Header, Ranking } from "./app.js";

const waiting = <p id="waiting">waiting</p>;

const flags = (props: Pick<FlagsProviderProps, "initial">, visitor = "nobody") => (
  <FlagsProvider
    flags={clientFlags}
    url="/flags"
    context={{ targetingKey: visitor }}
    suspense
    {...props}
  >
    <Header />
    <Ranking />
  </FlagsProvider>
);

/** The flags of another application on the same page. */
const otherFlags = defineFlags({ theme: { default: "calm", variants: ["calm", "loud"] } });

function Theme() {
  return <p id="theme">{String(useFlagDetails("theme" as "new-header").value)}</p>;
}

const never = new Promise<never>(() => {});

/** A page that waits for its values in a browser, and not on a server. */
export const WaitingPage = () => (
  <Suspense fallback={waiting}>
    <App suspense />
  </Suspense>
);

/** A page that suspends until there are values; by the name in its URL, what waits and when it comes. */
export function SuspendingPage() {
  const [shown, setShown] = useState(false);
  switch (new URLSearchParams(location.search).get("kind")) {
    case "inside":
      return (
        <FlagsProvider flags={clientFlags} url="/flags" suspense>
          <p id="shell">the shell</p>
          <Suspense fallback={waiting}>
            <Header />
            <Ranking />
          </Suspense>
        </FlagsProvider>
      );
    case "never":
      return <Suspense fallback={waiting}>{flags({ initial: never })}</Suspense>;
    case "mounted":
      return (
        <>
          <button type="button" id="show" onClick={() => setShown(true)} />
          <Suspense fallback={waiting}>{shown && flags({})}</Suspense>
        </>
      );
    case "two":
      return (
        <>
          <Suspense fallback={waiting}>{flags({}, "ada")}</Suspense>
          <Suspense fallback={waiting}>{flags({}, "bob")}</Suspense>
        </>
      );
    case "apart":
      return (
        <>
          <Suspense fallback={waiting}>{flags({})}</Suspense>
          <Suspense fallback={waiting}>
            <FlagsProvider
              flags={otherFlags}
              url="/flags"
              context={{ targetingKey: "nobody" }}
              suspense
            >
              <Theme />
            </FlagsProvider>
          </Suspense>
        </>
      );
    default:
      return <Suspense fallback={waiting}>{flags({})}</Suspense>;
  }
}
