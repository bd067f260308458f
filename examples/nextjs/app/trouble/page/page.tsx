import { shop } from "../../../flags";
import { failIfNew } from "../fail";

/** Fails before anything is sent. */
export default async function Page() {
  failIfNew(await shop.getFlags());
  return <p>It went well.</p>;
}
