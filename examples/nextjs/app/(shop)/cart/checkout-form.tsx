"use client";

import { useActionState } from "react";
import { checkout } from "./checkout";

export function CheckoutForm() {
  const [outcome, pay] = useActionState(checkout, "");
  return (
    <form action={pay}>
      <button type="submit">Check out</button>
      <output id="outcome">{outcome}</output>
    </form>
  );
}
