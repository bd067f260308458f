import type { FlagPayload } from "@burgee/ofrep/client";
import { FlagBoundary, FlagsProvider, useFlag, useFlagContext, useFlags } from "@burgee/react";
import { memo, useState } from "react";
import { clientFlags } from "./app.js";

/** How often each reader was rendered. */
const counts = { ranking: 0, header: 0, both: 0, context: 0 };

/** The groups of values that were given, each once. */
const groups = new Set<object>();

const Ranking = memo(function Ranking() {
  counts.ranking++;
  return <p id="ranking">{useFlag("search-ranking")}</p>;
});

const Header = memo(function Header() {
  counts.header++;
  return <p id="header">{String(useFlag("new-header"))}</p>;
});

const Both = memo(function Both() {
  counts.both++;
  const values = useFlags(["search-ranking", "new-header"]);
  groups.add(values);
  return <p id="both">{`${values["search-ranking"]} ${values["new-header"]}`}</p>;
});

const Context = memo(function Context() {
  counts.context++;
  const { pending } = useFlagContext();
  return <p id="pending">{String(pending)}</p>;
});

const readers = (
  <>
    <Ranking />
    <FlagBoundary>
      <Header />
    </FlagBoundary>
    <Both />
    <Context />
  </>
);

/** A page of memoised readers, whose provider is rendered again by a button, with a new context object. */
export function MemoisedPage({ initial }: { readonly initial: FlagPayload }) {
  const [renders, setRenders] = useState(1);
  Object.assign(globalThis, { counts, groups });
  return (
    <FlagsProvider
      flags={clientFlags}
      url="/flags"
      initial={initial}
      context={{ targetingKey: "nobody" }}
    >
      <button type="button" id="again" onClick={() => setRenders(renders + 1)}>
        {renders}
      </button>
      {readers}
    </FlagsProvider>
  );
}
