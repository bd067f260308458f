import { FlagsProvider, type FlagsProviderProps, useFlag, useFlags } from "@burgee/react";
import { Suspense, startTransition, useState } from "react";
import { clientFlags, Header, Ranking } from "./app.js";

const never = new Promise<never>(() => {});

/** Reads a flag in a render that never comes to the screen. */
function Unfinished(): never {
  useFlag("new-header");
  throw never;
}

function Both() {
  return <p id="both">{Object.values(useFlags(["search-ranking", "new-header"])).join(" ")}</p>;
}

/** A page that shows the ranking, and the header once somebody asks for it. */
export function ExposingPage({ initial }: Pick<FlagsProviderProps, "initial">) {
  const [shown, setShown] = useState<"header" | "both" | undefined>();
  const [tried, setTried] = useState(false);
  return (
    <FlagsProvider
      flags={clientFlags}
      url="/flags"
      context={{ targetingKey: "cleo@example.com" }}
      {...(initial && { initial })}
    >
      <Ranking />
      {shown === "header" && <Header />}
      {shown === "both" && <Both />}
      <Suspense>{tried && <Unfinished />}</Suspense>
      <button type="button" id="show" onClick={() => setShown("header")} />
      <button type="button" id="both-of-them" onClick={() => setShown("both")} />
      <button type="button" id="hide" onClick={() => setShown(undefined)} />
      <button type="button" id="try" onClick={() => startTransition(() => setTried(true))} />
    </FlagsProvider>
  );
}
