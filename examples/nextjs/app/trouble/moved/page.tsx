import { redirect } from "next/navigation";
import { shop } from "../../../flags";

export default async function Page() {
  if ((await shop.getFlags()).get("new-checkout")) redirect("/about");
  return <p>It is here.</p>;
}
