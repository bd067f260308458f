import { createFlags, defineFlags } from "@burgee/core";
import { expectTypeOf, test } from "vitest";

const definitions = defineFlags({
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"] },
});
const flags = createFlags(definitions, { source: { subscribe: () => () => {} } });

test("what is chosen is one of the choices", () => {
  const chosen = flags.scope({}).choose("search-ranking", { bm25: 1, hybrid: "two" });
  expectTypeOf(chosen).toEqualTypeOf<string | number | undefined>();
});

test("there is a choice for each variant", () => {
  // @ts-expect-error hybrid is missing
  flags.scope({}).choose("search-ranking", { bm25: 1 });
});
