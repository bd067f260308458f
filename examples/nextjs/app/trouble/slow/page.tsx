import { setTimeout } from "node:timers/promises";
import { Suspense } from "react";
import { shop } from "../../../flags";
import { failIfNew } from "../fail";
import { noted } from "../noted";

async function Late() {
  const flags = await shop.getFlags();
  flags.get("new-checkout");
  await setTimeout(1000);
  noted.late++;
  failIfNew(flags);
  return <p>It went well.</p>;
}

/** So slow that its visitor leaves; then it fails. */
export default function Page() {
  return (
    <Suspense fallback={<p>It begins.</p>}>
      <Late />
    </Suspense>
  );
}
