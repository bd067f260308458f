import { shop } from "../../../flags";
import { failIfNew } from "../fail";

export async function GET(): Promise<Response> {
  failIfNew(await shop.getFlags());
  return Response.json({ well: true });
}
