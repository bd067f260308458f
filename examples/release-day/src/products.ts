/** What the shop sells. */
export interface Product {
  readonly name: string;
  /** In euros. */
  readonly price: number;
  readonly sold: number;
}

export const products: readonly Product[] = [
  { name: "tea pot", price: 24.5, sold: 310 },
  { name: "tea cup", price: 8.75, sold: 1240 },
  { name: "green tea", price: 6.25, sold: 2210 },
  { name: "tea spoon", price: 4.35, sold: 95 },
  { name: "kettle", price: 39, sold: 180 },
];
