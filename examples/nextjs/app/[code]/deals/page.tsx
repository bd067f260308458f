import { deals } from "../../../flags";
import { ranked } from "../../../products";

interface DealsPageProps {
  readonly params: Promise<{ readonly code: string }>;
}

export const generateStaticParams = () => deals.permutations();

/** Static, once for each way its flags can be; the proxy sends each visitor to the right one. */
export default async function DealsPage({ params }: DealsPageProps) {
  const flags = await deals.fromCode((await params).code, { otherwise: "/deals" });
  const [first] = ranked(flags.get("search-ranking"));
  return (
    <main>
      <h1 id="header">{flags.get("new-header") ? "The new deals" : "Deals"}</h1>
      <p id="deal">{`Today: ${first?.name}`}</p>
    </main>
  );
}
