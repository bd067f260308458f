import { hydrateRoot } from "react-dom/client";
import { ShopPage } from "./shop-page.js";

function text(id: string): string {
  return document.getElementById(id)?.textContent ?? "";
}

hydrateRoot(
  document.getElementById("root") as HTMLElement,
  <ShopPage visitor={text("visitor")} initial={JSON.parse(text("flags"))} />,
);
