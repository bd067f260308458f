import { createFlags } from "@burgee/core";
import { readOverrides, signOverrides, visitorId } from "@burgee/core/signed";
import { definitions, flagSet } from "../shop.js";
import { sourceOf } from "../source-of.js";

/** What is read of a token here, a token that was signed here, and a visitor, as JSON. */
export async function answers([secret = "", token]: readonly string[]): Promise<string> {
  const environment = "staging";
  const flags = createFlags(definitions, { source: sourceOf(flagSet), secret, environment });
  const read = await readOverrides(flags, token);
  const signed = await signOverrides({ ...read }, { secret, environment });
  return JSON.stringify({ read, token: signed, visitor: await visitorId(flags, undefined) });
}
