import type { FlagScope } from "@burgee/core";

/** What the new checkout does here: it fails. */
export class NewCheckoutFailed extends Error {
  override readonly name = "NewCheckoutFailed";
}

/** Throws for those who have the new checkout. */
export function failIfNew(flags: Pick<FlagScope, "get">): void {
  if (flags.get("new-checkout") === true) throw new NewCheckoutFailed("The new checkout fails.");
}
