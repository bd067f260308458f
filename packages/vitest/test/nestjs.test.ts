import "reflect-metadata";
import { AsyncResource } from "node:async_hooks";
import { type Flags } from "@burgee/core";
import { FlagsModule, FlagsService, FlagValue, InjectFlags, RequireFlag } from "@burgee/nestjs";
import { flagTest, withFlags } from "@burgee/vitest";
import { FlagsTestingModule } from "@burgee/vitest/nestjs";
import { Controller, Get, Injectable, Module } from "@nestjs/common";
import { Test } from "@nestjs/testing";
import request from "supertest";
import { describe, expect, onTestFinished, test } from "vitest";
import { definitions, openShop } from "./shop.js";

@Injectable()
class Search {
  readonly service: FlagsService;
  readonly flags: Flags;

  constructor(service: FlagsService, @InjectFlags() flags: Flags) {
    this.service = service;
    this.flags = flags;
  }

  find(words: string) {
    return this.service.get("search-ranking") === "hybrid" ? `about ${words}` : words;
  }

  job() {
    return this.flags.run({}, (scope) => scope.get("search-ranking"));
  }
}

@Controller()
class Shop {
  readonly #search: Search;

  constructor(search: Search) {
    this.#search = search;
  }

  @Get("search")
  find() {
    return this.#search.find("tea");
  }

  @RequireFlag("new-checkout")
  @Get("checkout")
  checkout(@FlagValue("page-size") size: number) {
    return { size };
  }
}

/** An application as it is in production, over these flags, with further modules beside it. */
async function open(flags: Flags, ...beside: object[]) {
  @Module({ imports: [FlagsModule.forRoot(flags)], controllers: [Shop], providers: [Search] })
  class AppModule {}
  const testing = await Test.createTestingModule({
    imports: [AppModule, ...(beside as never[])],
  }).compile();
  const app = testing.createNestApplication({ logger: false });
  await app.init();
  await app.listen(0, "127.0.0.1");
  onTestFinished(() => app.close());
  return { app, url: await app.getUrl(), search: app.get(Search) };
}

/** Runs work as it would run before any test. */
const outside = AsyncResource.bind(<Result>(work: () => Result) => work());

describe("beside an application's own modules", () => {
  test("its requests are served the overrides, also by a server that listens already", async () => {
    const { url } = await open(
      openShop(),
      FlagsTestingModule.with({ "new-checkout": "on", "page-size": "large" }),
    );
    await request(url).get("/checkout").expect(200, { size: 50 });
    await request(url).get("/search").expect(200, "tea");
  });

  test("so are its jobs", async () => {
    const { search } = await open(
      openShop(),
      FlagsTestingModule.with({ "search-ranking": "hybrid" }),
    );
    expect(await search.job()).toBe("hybrid");
  });

  test("its Flags have exposed what is read in it", async () => {
    await withFlags({}, async () => {
      const flags = openShop();
      const { search } = await open(flags, FlagsTestingModule.with({ "search-ranking": "hybrid" }));
      await search.job();
      expect(search.flags).toHaveExposed("search-ranking", "hybrid");
      expect(search.flags).toBeServed("search-ranking", "hybrid");
      expect(openShop()).not.toHaveExposed("search-ranking");
    });
  });

  flagTest("what its jobs read that began outside is the test's, if it runs alone", async () => {
    const { search } = await open(openShop(), FlagsTestingModule.with({ "page-size": "large" }));
    await outside(() => search.job());
    expect(search.flags).toHaveExposed("search-ranking", "bm25");
  });

  test("another application over the same flags sees nothing of it", async () => {
    const flags = openShop();
    const [one, other, plain] = await Promise.all([
      open(flags, FlagsTestingModule.with({ "search-ranking": "hybrid" })),
      open(flags, FlagsTestingModule.with({ "new-checkout": "on" })),
      open(flags),
    ]);
    await Promise.all([
      request(one.url).get("/search").expect(200, "about tea"),
      request(other.url).get("/search").expect(200, "tea"),
      request(plain.url).get("/search").expect(200, "tea"),
      request(one.url).get("/checkout").expect(404),
      request(other.url).get("/checkout").expect(200, { size: 10 }),
      request(plain.url).get("/checkout").expect(404),
    ]);
    expect(flags.scope({}).get("search-ranking")).toBe("bm25");
  });

  test("its outcomes are told as ever, with the overrides marked", async () => {
    const flags = openShop();
    const settled = new Promise((resolve) => flags.observe({ settled: resolve }));
    const { url } = await open(flags, FlagsTestingModule.with({ "search-ranking": "hybrid" }));
    await request(url).get("/search");
    expect(await settled).toMatchObject({
      exposures: [{ flag: "search-ranking", variant: "hybrid", details: { overridden: true } }],
    });
  });
});

describe("without a FlagsModule, with definitions", () => {
  test("a provider is given flags by itself", async () => {
    const testing = await Test.createTestingModule({
      imports: [FlagsTestingModule.with({ "search-ranking": "hybrid" }, { definitions })],
      providers: [Search],
    }).compile();
    onTestFinished(() => testing.close());
    const search = testing.get(Search);
    expect(search.flags.scope({}).get("page-size")).toBe(10);
    await search.service.run({}, () => expect(search.find("tea")).toBe("about tea"));
  });
});

test("withFlags does for an application that it opens and asks", async () => {
  await withFlags({ "new-checkout": "on" }, async () => {
    const { url } = await open(openShop());
    await request(url).get("/checkout").expect(200);
  });
});
