import { randomUUID } from "node:crypto";
import { Suspense } from "react";
import { shop } from "../../flags.js";

/** The same for all who have the same value: it is an argument, and so part of the cache's key. */
async function Offers({ isNew }) {
  "use cache";
  return (
    <p id="offers">
      {isNew ? "new" : "old"} {randomUUID()}
    </p>
  );
}

async function OffersForUser() {
  const scope = await shop.getFlags();
  return <Offers isNew={scope.get("new-offers")} />;
}

export default function Page() {
  return (
    <Suspense fallback={<p>…</p>}>
      <OffersForUser />
    </Suspense>
  );
}
