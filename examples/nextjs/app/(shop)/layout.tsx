import Link from "next/link";
import type { ReactNode } from "react";
import { shop } from "../../flags";
import { Ranking } from "./ranking";

export default async function ShopLayout({ children }: { readonly children: ReactNode }) {
  const flags = await shop.getFlags();
  return (
    <shop.HydrateFlags>
      <header id="header">{flags.get("new-header") ? "The new tea shop" : "The tea shop"}</header>
      <nav>
        <Link href="/cart" prefetch={false}>
          Cart
        </Link>{" "}
        <Link href="/deals" prefetch={false}>
          Deals
        </Link>
      </nav>
      <Ranking />
      {children}
    </shop.HydrateFlags>
  );
}
