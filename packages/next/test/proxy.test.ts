import { AsyncLocalStorage } from "node:async_hooks";
import type { Exposure } from "@burgee/core";
import { NextRequest, NextResponse } from "next/server.js";
import { expect, test } from "vitest";
import { createNextFlags } from "../src/index.js";
import { withFlags } from "../src/proxy.js";
import { shopFlags } from "./shop.js";

const event = {} as never;

/** Flags by the user's cookie, and what became of those who read them. */
function openShop(name: string) {
  const shop = createNextFlags(name, () => shopFlags(), {
    context: ({ cookie }) => ({ targetingKey: cookie("user") }),
  });
  const settled: [errorType: string | undefined, variants: readonly string[]][] = [];
  shop.flags.observe({
    settled: ({ outcome, exposures }) =>
      settled.push([outcome.errorType, exposures.map(({ variant }: Exposure) => variant)]),
  });
  return { shop, settled };
}

const asked = (user: string) =>
  new NextRequest("http://localhost/search", { headers: { cookie: `user=${user}` } });

test("a proxy reads the request's flags, and its scope ends with it", async () => {
  const { shop, settled } = openShop("read");
  const proxy = withFlags(shop, (_request, scope) =>
    NextResponse.json(scope.get("new-checkout" as never)),
  );
  expect(await (await proxy(asked("ada"), event)).json()).toBe(true);
  expect(await (await proxy(asked("bob"), event)).json()).toBe(false);
  expect(settled).toEqual([
    [undefined, ["on"]],
    [undefined, ["off"]],
  ]);
});

test("what a proxy throws is counted against what it has read, and goes on", async () => {
  const { shop, settled } = openShop("thrown");
  const proxy = withFlags(shop, (_request, scope) => {
    if (scope.gate("new-checkout" as never)) throw new RangeError("a bad proxy");
    return NextResponse.next();
  });
  await expect(proxy(asked("ada"), event)).rejects.toThrow(RangeError);
  await proxy(asked("bob"), event);
  expect(settled).toEqual([
    ["RangeError", ["on"]],
    [undefined, ["off"]],
  ]);
});

test("a page that was made ahead is picked by the request's variants, which are exposures", async () => {
  const { shop, settled } = openShop("ahead");
  const group = shop.group("home", ["new-checkout"]);
  const ada = await shop.precompute(group, asked("ada"));
  const bob = await shop.precompute(group, asked("bob"));
  expect((await group.fromCode(ada)).get("new-checkout")).toBe(true);
  expect((await group.fromCode(bob)).get("new-checkout")).toBe(false);
  expect(settled).toEqual([
    [undefined, ["on"]],
    [undefined, ["off"]],
  ]);
});

test("in a proxy with the flags, the code is of the same scope", async () => {
  const { shop, settled } = openShop("same");
  const group = shop.group("home", ["new-checkout"]);
  const proxy = withFlags(shop, async (request, scope) => {
    scope.get("search-ranking" as never);
    return NextResponse.json(await shop.precompute(group, request));
  });
  await proxy(asked("ada"), event);
  expect(settled).toEqual([[undefined, ["bm25", "on"]]]);
});

test.each(["sync", "async"])("a context is read where its request is handled: %s", async (kind) => {
  const session = new AsyncLocalStorage<string>();
  const shop = createNextFlags(`stored ${kind}`, () => shopFlags(), {
    context:
      kind === "sync"
        ? () => ({ targetingKey: session.getStore() })
        : async () => ({ targetingKey: session.getStore() }),
  });
  const proxy = withFlags(shop, (_request, scope) =>
    NextResponse.json(scope.get("new-checkout" as never)),
  );
  const answer = await session.run("ada", () => proxy(asked("nobody"), event));
  expect(await answer.json()).toBe(true);
});
