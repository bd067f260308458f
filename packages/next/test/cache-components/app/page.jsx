import { Suspense } from "react";
import { shop } from "../flags.js";

async function Offers() {
  const scope = await shop.getFlags();
  return <p id="offers">{String(scope.get("new-offers"))}</p>;
}

export default async function Page() {
  return (
    <main>
      <p id="hours">{await shop.getStaticFlag("opening-hours")}</p>
      <Suspense fallback={<p>…</p>}>
        <Offers />
      </Suspense>
    </main>
  );
}
