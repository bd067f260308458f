import { shop } from "../../../flags";
import { CheckoutForm } from "./checkout-form";
import { Refresh } from "./refresh";

export default async function CartPage() {
  const flags = await shop.getFlags();
  return (
    <main>
      <h1 id="cart">{flags.get("new-checkout") ? "Cart, the new way" : "Cart"}</h1>
      <CheckoutForm />
      <Refresh />
    </main>
  );
}
