import { cacheTag } from "next/cache";
import { shop } from "../../flags.js";

async function Hours() {
  "use cache";
  cacheTag(shop.tag("opening-hours"));
  const hours = await shop.getStaticFlag("opening-hours");
  return <p id="hours">{hours}</p>;
}

export default function Page() {
  return <Hours />;
}
