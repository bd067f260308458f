import { defineFlags } from "@burgee/core";
import { Flag, FlagsProvider, type FlagsProviderProps, useFlag } from "@burgee/react";
import { useState } from "react";

/** The flags of the page under test. */
export const clientFlags = defineFlags({
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"] },
  "new-header": { default: false },
});

declare module "@burgee/core" {
  interface Register {
    page: { readonly definitions: typeof clientFlags; readonly client: typeof clientFlags };
  }
}

/** How often each component was rendered. */
export const renders = { ranking: 0, header: 0 };

export function Ranking() {
  renders.ranking++;
  return <p id="ranking">{useFlag("search-ranking")}</p>;
}

export function Header() {
  renders.header++;
  return (
    <Flag name="new-header" fallback={<h1>The shop</h1>}>
      <h1>The new shop</h1>
    </Flag>
  );
}

/** The page under test, for a visitor who may log in as ada. */
export function App(props: Pick<FlagsProviderProps, "initial" | "suspense">) {
  const [visitor, setVisitor] = useState("nobody");
  const context = { targetingKey: visitor };
  return (
    <FlagsProvider flags={clientFlags} url="/flags" context={context} {...props}>
      <Header />
      <Ranking />
      <button type="button" onClick={() => setVisitor("ada")}>
        Log in
      </button>
    </FlagsProvider>
  );
}
