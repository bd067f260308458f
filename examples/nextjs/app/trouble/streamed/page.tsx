import { setTimeout } from "node:timers/promises";
import { Suspense } from "react";
import { shop } from "../../../flags";
import { failIfNew } from "../fail";

async function Late() {
  const flags = await shop.getFlags();
  await setTimeout(100);
  failIfNew(flags);
  return <p>It went well.</p>;
}

/** Fails after its first part was sent. */
export default function Page() {
  return (
    <Suspense fallback={<p>It begins.</p>}>
      <Late />
    </Suspense>
  );
}
