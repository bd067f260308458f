import { shop } from "../../../flags";
import { failIfNew } from "../fail";

async function fail() {
  "use server";
  failIfNew(await shop.getFlags());
}

/** A form whose action fails; it works without JavaScript, too. */
export default function Page() {
  return (
    <form action={fail}>
      <button type="submit">Fail</button>
    </form>
  );
}
