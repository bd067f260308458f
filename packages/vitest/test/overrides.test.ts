import { withFlags } from "@burgee/vitest";
import { expect, test } from "vitest";
import { overrideEverywhere } from "../src/overrides.js";
import { openShop } from "./shop.js";

test("what is overridden everywhere counts less than a test's own, and ends when it is undone", () => {
  const flags = openShop();
  const read = () => flags.scope({}).get("search-ranking");
  const undo = overrideEverywhere({ "search-ranking": "hybrid", "new-checkout": "on" });
  expect(read()).toBe("hybrid");
  withFlags({ "search-ranking": "vector" }, () => {
    expect(read()).toBe("vector");
    expect(flags.scope({}).get("new-checkout")).toBe(true);
  });
  undo();
  expect(read()).toBe("bm25");
});
