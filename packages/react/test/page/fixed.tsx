import { FlagBoundary, FlagsProvider, useFlag, useFlagContext } from "@burgee/react";
import { useLayoutEffect, useState } from "react";
import { clientFlags, Header } from "./app.js";

/** What was on the screen, in order. */
const committed: string[] = [];

function Ranking({ wanted }: { readonly wanted: string }) {
  const ranking = useFlag("search-ranking");
  const { identify, pending } = useFlagContext();
  const [done, setDone] = useState("");
  useLayoutEffect(() => {
    committed.push(`${wanted}: ${ranking}`);
  });
  if (done === "failed") throw new TypeError("of a page without a server");
  return (
    <>
      <p id="ranking">{ranking}</p>
      <p id="done">{`${done} ${pending}`}</p>
      <button
        type="button"
        id="login"
        onClick={async () => {
          await identify({ targetingKey: "ada" });
          setDone("done");
        }}
      />
      <button type="button" id="fail" onClick={() => setDone("failed")} />
    </>
  );
}

/** A page whose values are given, as in a test or in Storybook; a button gives others. */
export function FixedPage() {
  const [ranking, setRanking] = useState<"bm25" | "hybrid">("hybrid");
  Object.assign(globalThis, { committed });
  return (
    <FlagsProvider flags={clientFlags} values={{ "search-ranking": ranking }}>
      <Header />
      <FlagBoundary fallback={<p id="failed">failed</p>}>
        <Ranking wanted={ranking} />
      </FlagBoundary>
      <button type="button" id="change" onClick={() => setRanking("bm25")} />
    </FlagsProvider>
  );
}
