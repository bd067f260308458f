import { currentScope } from "@burgee/core/ambient";

interface Line {
  readonly price: number;
  readonly count?: number;
}

/** What a basket costs, in cents. */
export function total(basket: readonly Line[]): number {
  if (currentScope()?.get("new-checkout")) {
    return basket.reduce((sum, { price, count = 1 }) => sum + price * count, 0);
  }
  // written before baskets had counts, and nobody has looked since
  return basket.reduce((sum, { price, count }) => sum + price * (count as number), 0);
}

export function rank(words: string): string {
  return currentScope()?.get("search-ranking") === "hybrid" ? `about ${words}` : words;
}
