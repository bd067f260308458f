import { shop } from "../../flags";

/** Reads a flag that is the same for everybody: static, and made anew when the flag is flipped. */
export default async function OpeningHoursPage() {
  const holiday = await shop.getStaticFlag("holiday");
  return <h1 id="hours">{holiday ? "Closed for the holidays" : "Open from 9 to 5"}</h1>;
}
