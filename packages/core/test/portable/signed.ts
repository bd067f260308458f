import { createFlags } from "@burgee/core";
import { createPageCodes, readOverrides, signOverrides, visitorId } from "@burgee/core/signed";
import { definitions, flagSet } from "../shop.js";
import { sourceOf } from "../source-of.js";

/** What is read of a token here, a token that was signed here, a visitor, and a page's code, as JSON. */
export async function answers([secret = "", token]: readonly string[]): Promise<string> {
  const environment = "staging";
  const flags = createFlags(definitions, { source: sourceOf(flagSet), secret, environment });
  const read = await readOverrides(flags, token);
  const signed = await signOverrides({ ...read }, { secret, environment });
  const codes = createPageCodes(flags, "search", ["page-size", "search-ranking"]);
  const code = await codes.sign({ "page-size": "large", "search-ranking": "hybrid" });
  return JSON.stringify({
    read,
    token: signed,
    visitor: await visitorId(flags, undefined),
    code,
    variants: await codes.read(code),
  });
}
