import { byVariant, flagErrors, flagMiddleware } from "@burgee/express";
import type { ErrorRequestHandler, RequestHandler } from "express";
import { describe, expect, test } from "vitest";
import { openShop, type Shop, serve, versions } from "./shop.js";

describe.each(versions)("%s", (_version, express) => {
  function say(text: string): RequestHandler {
    return (_request, response) => void response.send(text);
  }

  function ranking(defaultVariant: string) {
    const variants = { bm25: "bm25", hybrid: "hybrid", vector: "vector" };
    return { "search-ranking": { state: "ENABLED", variants, defaultVariant } } as const;
  }

  async function answerOf(shop: Shop, handler: RequestHandler): Promise<string> {
    const app = express();
    app.use(flagMiddleware(shop.flags));
    app.get("/", handler);
    app.use(flagErrors());
    app.use(((error, _request, response, _next) => {
      response.status(500).send(String(error));
    }) satisfies ErrorRequestHandler);
    return (await fetch(await serve(app))).text();
  }

  test.each(["bm25", "hybrid"])("answers with the handler of %s", async (variant) => {
    const shop = openShop(ranking(variant));
    const handler = byVariant("search-ranking", { bm25: say("bm25"), hybrid: say("hybrid") });
    expect(await answerOf(shop, handler)).toBe(variant);
    await shop.settled(1);
    expect(shop.settlements[0]?.exposures).toMatchObject([{ variant, gated: false }]);
  });

  test("a variant without a handler gets the safe one's, and is marked gated", async () => {
    const shop = openShop(ranking("vector"));
    const handler = byVariant("search-ranking", { bm25: say("bm25"), hybrid: say("hybrid") });
    expect(await answerOf(shop, handler)).toBe("bm25");
    await shop.settled(1);
    expect(shop.settlements[0]?.exposures).toMatchObject([{ variant: "vector", gated: true }]);
  });

  test("a name of Object's prototype is no handler", async () => {
    const shop = openShop({
      "search-ranking": {
        state: "ENABLED",
        variants: { toString: "x" },
        defaultVariant: "toString",
      },
    });
    const handler = byVariant("search-ranking", { bm25: say("bm25"), hybrid: say("hybrid") });
    expect(await answerOf(shop, handler)).toBe("bm25");
  });

  test("without the safe variant's handler, the error names what is missing", async () => {
    const handlers = {} as { bm25: RequestHandler; hybrid: RequestHandler };
    const answer = await answerOf(
      openShop(ranking("hybrid")),
      byVariant("search-ranking", handlers),
    );
    expect(answer).toContain('byVariant("search-ranking") has no handler for the safe variant');
    expect(answer).toContain("NO_HANDLER");
  });

  test("an async handler's rejection reaches the error handlers, and the variant's record", async () => {
    const shop = openShop(ranking("hybrid"));
    const fails: RequestHandler = async () => {
      throw new RangeError("no index");
    };
    const handler = byVariant("search-ranking", { bm25: say("bm25"), hybrid: fails });
    expect(await answerOf(shop, handler)).toBe("RangeError: no index");
    await shop.settled(1);
    expect(shop.settlements[0]).toMatchObject({
      outcome: { status: "error", errorType: "RangeError" },
      exposures: [{ variant: "hybrid" }],
    });
  });
});
