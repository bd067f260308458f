import { FlagsModule, provideByVariant } from "@burgee/nestjs";
import { Controller, Get, Inject } from "@nestjs/common";
import { APP_GUARD, NestFactory } from "@nestjs/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { AuthGuard, byUser, moduleOf, openShop, platforms, serve } from "./shop.js";

let made = 0;

class Bm25 {
  readonly number = ++made;
  name() {
    return "words";
  }
}

class Hybrid extends Bm25 {
  override name() {
    return "meaning";
  }
}

@Controller()
class SearchController {
  @Inject("search") readonly search!: () => Bm25;

  @Get("search")
  find() {
    return this.search().name();
  }
}

const adaGetsHybrid = {
  "search-ranking": {
    state: "ENABLED",
    variants: { bm25: "bm25", hybrid: "hybrid" },
    defaultVariant: "bm25",
    targeting: { if: [{ "===": [{ var: "targetingKey" }, "ada"] }, "hybrid", "bm25"] },
  },
} as const;

describe.each(platforms)("on %s", (_platform, adapter) => {
  test("each request has the provider of its variant, and none is made for it", async () => {
    made = 0;
    const shop = openShop(adaGetsHybrid);
    const { url } = await serve(adapter, {
      imports: [FlagsModule.forRoot({ flags: shop.flags, context: byUser })],
      controllers: [SearchController],
      providers: [
        Bm25,
        Hybrid,
        provideByVariant("search", "search-ranking", { bm25: Bm25, hybrid: Hybrid }),
        { provide: APP_GUARD, useClass: AuthGuard },
      ],
    });
    for (const [user, answer] of [
      ["ada", "meaning"],
      ["bob", "words"],
      ["ada", "meaning"],
    ] as const) {
      const response = await fetch(`${url}/search`, { headers: { "x-user": user } });
      expect(await response.text()).toBe(answer);
    }
    expect(made).toBe(2);
    await shop.settled(3);
    expect(shop.settlements.flatMap(({ exposures }) => exposures)).toMatchObject([
      { variant: "hybrid", gated: false },
      { variant: "bm25", gated: false },
      { variant: "hybrid", gated: false },
    ]);
  });
});

test("without a provider for the safe variant it says which flag lacks one", async () => {
  const { flags } = openShop();
  const providers = { hybrid: Hybrid } as unknown as { bm25: typeof Bm25; hybrid: typeof Hybrid };
  const root = moduleOf({
    imports: [FlagsModule.forRoot({ flags, name: "shop" })],
    providers: [Hybrid, provideByVariant("search", "search-ranking", providers, { name: "shop" })],
  });
  const app = await NestFactory.createApplicationContext(root, { logger: false });
  onTestFinished(() => app.close());
  expect(() => app.get<() => Bm25>("search")()).toThrow(
    expect.objectContaining({ code: "NO_HANDLER", flag: "search-ranking" }),
  );
});
