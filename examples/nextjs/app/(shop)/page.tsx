import type { Metadata } from "next";
import { Suspense } from "react";
import { shop } from "../../flags";
import { ranked } from "../../products";
import { Recommended } from "./recommended";

export async function generateMetadata(): Promise<Metadata> {
  const flags = await shop.getFlags();
  return { title: flags.get("new-header") ? "The new tea shop" : "The tea shop" };
}

export default async function ShopPage() {
  const flags = await shop.getFlags();
  const ranking = flags.get("search-ranking");
  return (
    <main>
      <h1 id="products">{`Products by ${ranking}`}</h1>
      <ol>
        {ranked(ranking).map(({ name, price }) => (
          <li key={name}>{`${name}, € ${price.toFixed(2)}`}</li>
        ))}
      </ol>
      <Suspense fallback={<p>…</p>}>
        <Recommended />
      </Suspense>
    </main>
  );
}
