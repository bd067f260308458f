import { useFlag } from "@burgee/react";

const teas = [
  { name: "Assam", sold: 40 },
  { name: "Darjeeling", sold: 25 },
  { name: "Sencha", sold: 60 },
];

const orders = {
  "by-name": [...teas].sort((a, b) => a.name.localeCompare(b.name)),
  "by-sales": [...teas].sort((a, b) => b.sold - a.sold),
};

/** The teas, in the order that the flag says. */
export function Teas() {
  const order = useFlag("tea-order");
  return (
    <ol>
      {orders[order].map(({ name }) => (
        <li key={name}>{name}</li>
      ))}
    </ol>
  );
}
