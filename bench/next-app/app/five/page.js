import { fiveFlags } from "../../flags.js";

export default async function Page() {
  return <p>{(await fiveFlags()).join(" ")}</p>;
}
