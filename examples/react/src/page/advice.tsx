/** How to brew a tea. */
export function Advice() {
  return <p>Three minutes, and never with boiling water.</p>;
}
