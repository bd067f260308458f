import { setTimeout } from "node:timers/promises";
import { shop } from "../../flags";
import { ranked } from "../../products";

/** Comes later than the rest of the page, and under the same flags. */
export async function Recommended() {
  await setTimeout(5);
  const flags = await shop.getFlags();
  const ranking = flags.get("search-ranking");
  return <p id="recommended">{`By ${ranking}: ${ranked(ranking)[0]?.name}`}</p>;
}
