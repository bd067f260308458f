import { Suspense } from "react";
import { shop } from "../../flags.js";

async function Offers() {
  const scope = await shop.getFlags();
  if (scope.get("new-offers")) throw new RangeError("The new offers fail.");
  return <p>The old offers</p>;
}

export default function Page() {
  return (
    <Suspense fallback={<p>…</p>}>
      <Offers />
    </Suspense>
  );
}
