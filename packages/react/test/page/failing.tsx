import type { FlagPayload } from "@burgee/ofrep/client";
import { FlagBoundary, FlagsProvider, useFlag } from "@burgee/react";
import { Component, type ReactNode, useState } from "react";
import { clientFlags, Header } from "./app.js";

const shared = new TypeError("of a promise that several wait for");

/** What the hybrid ranking throws, by the name in the page's URL. */
const thrown: Readonly<Record<string, () => unknown>> = {
  error: () => new TypeError("cannot rank for ada@example.com"),
  shared: () => shared,
  text: () => "a text",
  server: () => Object.assign(new Error("hidden"), { digest: "1234567890" }),
  navigation: () => Object.assign(new Error("NEXT_REDIRECT"), { digest: "NEXT_REDIRECT;/;307;" }),
};

function Results({ kind }: { readonly kind: string }) {
  const ranking = useFlag("search-ranking");
  if (ranking === "hybrid") throw thrown[kind]?.();
  return <p id="ranking">{ranking}</p>;
}

/** A boundary of somebody else's around the flags'. */
class Outer extends Component<{ readonly children: ReactNode }> {
  override state = { failed: false };
  static getDerivedStateFromError = () => ({ failed: true });
  override render() {
    return this.state.failed ? <p id="outer">outer</p> : this.props.children;
  }
}

/** Reads another flag, until somebody leaves it. */
function Aside() {
  const [shown, setShown] = useState(true);
  if (!shown) return null;
  return (
    <button type="button" id="aside" onClick={() => setShown(false)}>
      <Header />
    </button>
  );
}

const told: string[] = [];

/** A page whose search fails under the hybrid ranking; with two of them, twice with one error. */
export function FailingPage({ initial }: { readonly initial: FlagPayload }) {
  const asked = new URLSearchParams(location.search);
  const kind = asked.get("kind") ?? "error";
  Object.assign(globalThis, { told });
  return (
    <FlagsProvider flags={clientFlags} url="/flags" initial={initial}>
      <Outer>
        {asked.get("aside") === "outside" && <Aside />}
        {kind === "shared" && (
          <FlagBoundary fallback={<p id="beside">beside</p>}>
            <Results kind={kind} />
          </FlagBoundary>
        )}
        <FlagBoundary
          fallback={(error, reset) => (
            <button type="button" id="failed" onClick={reset}>
              {error instanceof Error ? error.name : String(error)}
            </button>
          )}
          onError={(error) => {
            told.push(error instanceof Error ? error.name : String(error));
            throw new RangeError("of onError");
          }}
        >
          {asked.get("aside") === "inside" && <Aside />}
          <Results kind={kind} />
        </FlagBoundary>
      </Outer>
    </FlagsProvider>
  );
}
