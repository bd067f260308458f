import { getFlags } from "@burgee/next/pages";
import type { NextApiRequest, NextApiResponse } from "next";
import { shop } from "../../flags";

export default async function handler(request: NextApiRequest, response: NextApiResponse) {
  const flags = await getFlags(shop, request, response);
  response.json({ checkout: flags.get("new-checkout") ? "new" : "old" });
}
