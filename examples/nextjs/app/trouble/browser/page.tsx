import { shop } from "../../../flags";
import { Fragile } from "./fragile";

/** A component that fails in the browser, where its visitor clicks. */
export default function Page() {
  return (
    <shop.HydrateFlags>
      <Fragile />
    </shop.HydrateFlags>
  );
}
