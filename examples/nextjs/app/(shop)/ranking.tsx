"use client";

import { Flag, useFlag } from "@burgee/react";

/** Says how products are ranked, and follows the flag while the page is open. */
export function Ranking() {
  const ranking = useFlag("search-ranking");
  return (
    <Flag name="new-header" fallback={<p id="ranking">{`By ${ranking}`}</p>}>
      <p id="ranking">{`Now by ${ranking}`}</p>
    </Flag>
  );
}
