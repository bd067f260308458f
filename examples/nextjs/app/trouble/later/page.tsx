import { after } from "next/server";
import { shop } from "../../../flags";
import { noted } from "../noted";

/** Reads a flag once its response was sent, in the scope that the page had: Next lets pages ask for no other then. */
export default async function Page() {
  const flags = await shop.getFlags();
  const isNew = flags.get("new-checkout");
  after(() => {
    noted.after[`${isNew ? "ada" : "bob"}, in a page`] = flags.get("new-checkout");
  });
  return <p>{String(isNew)}</p>;
}
