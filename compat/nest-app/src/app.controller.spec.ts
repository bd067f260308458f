import type { Flags, Settlement } from "@burgee/core";
import { FlagsModule, flagsToken } from "@burgee/nestjs";
import { FlagsTestingModule } from "@burgee/vitest/nestjs";
import type { INestApplication, ModuleMetadata } from "@nestjs/common";
import { ExpressAdapter } from "@nestjs/platform-express";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import { Test } from "@nestjs/testing";
import { AppController } from "./app.controller";
import { AppModule } from "./app.module";
import { openFlags } from "./flags";
import { SearchService } from "./search.service";

const platforms = { Express: () => new ExpressAdapter(), Fastify: () => new FastifyAdapter() };

describe.each(Object.entries(platforms))("a Nest application on %s", (_name, createAdapter) => {
  let app: INestApplication;
  let origin: string;

  async function start(metadata: ModuleMetadata) {
    const testing = await Test.createTestingModule(metadata).compile();
    app = testing.createNestApplication(createAdapter() as ExpressAdapter, { logger: false });
    await app.listen(0, "127.0.0.1");
    origin = await app.getUrl();
  }

  const ask = (path: string, plan?: string, method = "GET") =>
    fetch(`${origin}/${path}`, { method, headers: plan === undefined ? {} : { "x-plan": plan } });

  const settlement = () =>
    new Promise<Settlement>((resolve) => {
      const stop = app.get<Flags>(flagsToken()).observe({
        settled(settled) {
          stop();
          resolve(settled);
        },
      });
    });

  afterEach(() => app.close());

  describe("with FlagsModule.forRootAsync", () => {
    beforeEach(() => start({ imports: [AppModule] }));

    test("a handler behind a flag is there for those who have it", async () => {
      expect((await ask("checkout", undefined, "POST")).status).toBe(404);
      const pro = await ask("checkout", "pro", "POST");
      expect(pro.status).toBe(201);
      expect(await pro.json()).toEqual({ order: 1, ranking: "hybrid" });
    });

    test("a service reads the request's flags, and two requests at once each their own", async () => {
      const [free, pro] = await Promise.all([ask("search"), ask("search", "pro")]);
      expect(await free.json()).toEqual({ ranking: "bm25", revision: "1" });
      expect(await pro.json()).toEqual({ ranking: "hybrid", revision: "1" });
    });

    test("a job inside a request reads the flags of its own account", async () => {
      expect(await (await ask("index/pro", "free")).json()).toMatchObject({ ranking: "hybrid" });
    });

    test("a request that fails is settled as failed, once, against its variant", async () => {
      const settled = settlement();
      expect((await ask("experiment", "pro")).status).toBe(500);
      const { outcome, exposures } = await settled;
      expect(outcome.status).toBe("error");
      expect([...exposures]).toMatchObject([{ flag: "search-ranking", variant: "hybrid" }]);
    });

    test("a request that is refused is settled as well", async () => {
      const settled = settlement();
      expect((await ask("experiment")).status).toBe(403);
      expect((await settled).outcome.status).toBe("ok");
    });
  });

  test("FlagsTestingModule beside its modules overrides flags of the whole application", async () => {
    const overridden = FlagsTestingModule.with({ "new-checkout": "on" });
    await start({ imports: [AppModule, overridden] });
    const free = await ask("checkout", undefined, "POST");
    expect(free.status).toBe(201);
    expect(await free.json()).toEqual({ order: 1, ranking: "bm25" });
  });

  test("FlagsModule.forRoot takes flags that exist, and follows their store", async () => {
    const { flags, store } = openFlags();
    await start({
      imports: [FlagsModule.forRoot({ flags })],
      controllers: [AppController],
      providers: [SearchService],
    });
    expect((await ask("checkout", undefined, "POST")).status).toBe(404);

    const changed = new Promise((resolve) => flags.observe({ changed: resolve }));
    const { id, flagSet } = await store.read();
    const released = { ...flagSet.flags["new-checkout"], defaultVariant: "on" };
    await store.commit({
      expected: id,
      flags: { put: { "new-checkout": released } },
      actor: "ada",
      reason: "everyone gets it",
      kind: "release",
    });
    await changed;
    expect((await ask("checkout", undefined, "POST")).status).toBe(201);
    flags.close();
  });
});
