/** What the shop sells. */
export interface Product {
  readonly name: string;
  /** In euros. */
  readonly price: number;
  readonly sold: number;
}

const products: readonly Product[] = [
  { name: "tea pot", price: 24.5, sold: 310 },
  { name: "tea cup", price: 8.75, sold: 2240 },
  { name: "green tea", price: 6.25, sold: 1210 },
  { name: "tea spoon", price: 4.35, sold: 95 },
];

/** The products in the order of a ranking. */
export function ranked(ranking: "words" | "popular", query = ""): readonly Product[] {
  const found = products.filter(({ name }) => name.includes(query));
  return ranking === "popular"
    ? found.toSorted((a, b) => b.sold - a.sold)
    : found.toSorted((a, b) => a.name.localeCompare(b.name));
}
