"use server";

import { shop } from "../../../flags";

/** A server action: it goes by the flags of its own request. */
export async function checkout(): Promise<string> {
  const flags = await shop.getFlags();
  return flags.get("new-checkout") ? "Paid, the new way" : "Paid";
}
