import type { Settlement } from "@burgee/core";
import { flagTest, withFlags } from "@burgee/vitest";
import { describe, expect, test } from "vitest";
import { openShop } from "./shop.js";

/** What an expectation that fails says. */
function said(failing: () => void): string {
  try {
    failing();
  } catch (error) {
    return (error as Error).message;
  }
  return expect.fail("it passed");
}

describe("toHaveExposed", () => {
  test("of a scope: what was read in it", () => {
    const scope = openShop().scope({});
    expect(scope).not.toHaveExposed("search-ranking");
    scope.get("search-ranking");
    expect(scope).toHaveExposed("search-ranking");
    expect(scope).toHaveExposed("search-ranking", "bm25");
    expect(scope).not.toHaveExposed("search-ranking", "hybrid");
    expect(scope).not.toHaveExposed("new-checkout");
  });

  test("of a settlement", () => {
    const flags = openShop();
    const settlements: Settlement[] = [];
    flags.observe({ settled: (settlement) => void settlements.push(settlement) });
    const scope = flags.scope({});
    scope.get("page-size");
    scope.settle();
    expect(settlements[0]).toHaveExposed("page-size", "small");
  });

  flagTest("of Flags: what any of their scopes has read in this test", async () => {
    const [flags, others] = [openShop(), openShop()];
    await flags.run({}, (scope) => scope.get("search-ranking"));
    await withFlags({ "search-ranking": "hybrid" }, async () => {
      await flags.run({}, (scope) => scope.get("search-ranking"));
    });
    expect(flags).toHaveExposed("search-ranking", "bm25");
    expect(flags).toHaveExposed("search-ranking", "hybrid");
    expect(flags).not.toHaveExposed("search-ranking", "vector");
    expect(others).not.toHaveExposed("search-ranking");
  });

  test("of Flags it needs a test that notes its reads, and says which do", () => {
    expect(said(() => expect(openShop()).toHaveExposed("new-checkout"))).toMatch(
      /flagTest, flagMatrix and withFlags, and in all tests of a project with setupFiles/,
    );
  });

  test("says what was read instead", () => {
    const scope = openShop().scope({});
    expect(said(() => expect(scope).toHaveExposed("new-checkout", "on"))).toBe(
      "Expected new-checkout=on to be read; no flag was.",
    );
    scope.get("page-size");
    expect(said(() => expect(scope).toHaveExposed("new-checkout"))).toBe(
      "Expected new-checkout to be read; read was page-size=small.",
    );
    scope.get("new-checkout");
    expect(said(() => expect(scope).toHaveExposed("new-checkout", "on"))).toBe(
      "Expected new-checkout=on to be read; read was new-checkout=off.",
    );
    expect(said(() => expect(scope).not.toHaveExposed("new-checkout", "off"))).toBe(
      "Expected new-checkout not to be read as off, but it was.",
    );
  });

  test.each([undefined, null, 7, {}])("of anything else it fails: %s", (received) => {
    expect(said(() => expect(received).toHaveExposed("new-checkout"))).toBe(
      "toHaveExposed needs a scope, a settlement or Flags.",
    );
  });
});

describe("toBeServed", () => {
  test("of a scope, without an exposure", () => {
    const scope = openShop().scope({});
    expect(scope).toBeServed("search-ranking", "bm25");
    expect(scope).not.toBeServed("search-ranking", "hybrid");
    expect(scope).not.toHaveExposed("search-ranking");
  });

  test("of Flags: what they serve here", () => {
    const flags = openShop();
    expect(flags).toBeServed("new-checkout", "off");
    withFlags({ "new-checkout": "on" }, () => expect(flags).toBeServed("new-checkout", "on"));
  });

  test("says what is served instead, and why", () => {
    const flags = openShop();
    expect(said(() => expect(flags).toBeServed("new-checkout", "on"))).toBe(
      "Expected new-checkout=on to be served; served is new-checkout=off (reason STATIC).",
    );
    withFlags({ "new-checkout": "on" }, () => {
      expect(said(() => expect(flags).not.toBeServed("new-checkout", "on"))).toBe(
        "Expected new-checkout=on not to be served; served is new-checkout=on (overridden).",
      );
    });
  });

  test("of an unknown flag, or of anything else, it fails", () => {
    const unknown = () => expect(openShop()).toBeServed("no-such-flag" as "new-checkout", "on");
    expect(said(unknown)).toContain("no-such-flag is not defined");
    expect(said(() => expect({}).toBeServed("new-checkout", "on"))).toBe(
      "toBeServed needs a scope or Flags.",
    );
  });
});
