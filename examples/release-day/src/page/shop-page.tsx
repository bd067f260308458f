import { Flag, FlagsProvider, type FlagsProviderProps, useFlag } from "@burgee/react";
import { clientFlags } from "../flags.js";
import { Panel } from "./panel.js";

/** Who visits, and the flags' values that the page was rendered with. */
export interface ShopPageProps {
  readonly visitor: string;
  readonly initial: NonNullable<FlagsProviderProps["initial"]>;
}

/** The shop as a visitor sees it, under the visitor's flags. */
export function ShopPage({ visitor, initial }: ShopPageProps) {
  return (
    <FlagsProvider
      flags={clientFlags}
      url="/flags"
      context={{ targetingKey: visitor }}
      initial={initial}
    >
      <h1>The tea shop</h1>
      <Flag name="new-checkout" fallback={<button type="button">Check out</button>}>
        <button type="button">Check out, the new way</button>
      </Flag>
      <Ranking />
      <Panel />
    </FlagsProvider>
  );
}

function Ranking() {
  const ranking = useFlag("search-ranking");
  return <p>Search puts first what {ranking === "popular" ? "sells most" : "reads alike"}.</p>;
}
