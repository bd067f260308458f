import type { FlagSet, FlagSource, Flags, RevisionSink } from "@burgee/core";
import { FlagsModule, FlagsService, flagsToken, InjectFlags, RequireFlag } from "@burgee/nestjs";
import { memoryStore } from "@burgee/stores/memory";
import { Controller, Get, Inject, Injectable, Module, type OnModuleInit } from "@nestjs/common";
import { APP_GUARD, NestFactory } from "@nestjs/core";
import { Test } from "@nestjs/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  AuthGuard,
  byUser,
  type definitions,
  moduleOf,
  onFor,
  onOff,
  openShop,
  platforms,
  serve,
} from "./shop.js";

@Controller()
class Checkout {
  readonly flags: FlagsService;

  constructor(flags: FlagsService) {
    this.flags = flags;
  }

  @Get("read")
  read() {
    return String(this.flags.get("new-checkout"));
  }

  @RequireFlag("new-checkout")
  @Get("checkout")
  checkout() {
    return "inside";
  }
}

/** A source that has its first revision when it is told to. */
function lateSource(flagSet: FlagSet): FlagSource & { arrive(): void; readonly listeners: number } {
  const sinks = new Set<RevisionSink>();
  return {
    subscribe(sink) {
      sinks.add(sink);
      return () => sinks.delete(sink);
    },
    arrive() {
      for (const sink of sinks) sink.next({ id: "1", flagSet });
    },
    get listeners() {
      return sinks.size;
    },
  };
}

const on = { flags: { "new-checkout": onOff("on") } };
const providers = [{ provide: APP_GUARD, useClass: AuthGuard }];

describe.each(platforms)("on %s", (_platform, adapter) => {
  const text = (url: string, user?: string) =>
    fetch(url, user === undefined ? {} : { headers: { "x-user": user } }).then((answer) =>
      answer.text(),
    );

  test("the context given to forRoot is not ignored", async () => {
    const { flags } = openShop({ "new-checkout": onFor("ada") });
    const { url } = await serve(adapter, {
      imports: [FlagsModule.forRoot({ flags, context: byUser })],
      controllers: [Checkout],
      providers,
    });
    expect(await text(`${url}/read`, "ada")).toBe("true");
    expect(await text(`${url}/read`, "bob")).toBe("false");
    expect(await text(`${url}/read`)).toBe("false");
  });

  test("a flag that is on never answers 404 while its source is late at boot", async () => {
    const source = lateSource(on);
    const { flags } = openShop(source);
    const serving = serve(adapter, {
      imports: [FlagsModule.forRoot(flags)],
      controllers: [Checkout],
    });
    let booted = false;
    serving.then(() => {
      booted = true;
    });
    while (source.listeners === 0) await new Promise(setImmediate);
    for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
    expect(booted).toBe(false);
    source.arrive();
    const { url } = await serving;
    expect(await text(`${url}/checkout`)).toBe("inside");
  });

  test("a source that stays silent holds the boot up for its timeout, and no longer", async () => {
    const { flags } = openShop(lateSource(on));
    const { url } = await serve(adapter, {
      imports: [FlagsModule.forRoot({ flags, ready: { timeout: 1 } })],
      controllers: [Checkout],
    });
    expect((await fetch(`${url}/checkout`)).status).toBe(404);
  });

  test("two applications in one process share nothing", async () => {
    const answers = ["on", "off"].map(async (variant) => {
      const { flags } = openShop({ "new-checkout": onOff(variant as "on" | "off") });
      const { url } = await serve(adapter, {
        imports: [FlagsModule.forRoot(flags)],
        controllers: [Checkout],
      });
      return text(`${url}/read`);
    });
    expect(await Promise.all(answers)).toEqual(["true", "false"]);
  });

  test("a factory is given what it injects, and its flags are closed with the application", async () => {
    @Injectable()
    class Config {
      readonly flagSet = on;
    }
    const ConfigModule = moduleOf({ providers: [Config], exports: [Config] });
    const made: Flags<typeof definitions>[] = [];
    const { app, url } = await serve(adapter, {
      imports: [
        FlagsModule.forRootAsync({
          imports: [ConfigModule],
          inject: [Config],
          useFactory: async ({ flagSet }: Config) => {
            const { flags } = openShop(memoryStore(flagSet));
            made.push(flags);
            return { flags, context: byUser };
          },
        }),
      ],
      controllers: [Checkout],
    });
    expect(await text(`${url}/checkout`)).toBe("inside");
    expect(made.map(({ health }) => health.status)).toEqual(["ready"]);
    await app.close();
    expect(made.map(({ health }) => health.status)).toEqual(["closed"]);
  });

  test.each([
    ["stay open", undefined, "ready"],
    ["are closed where it says so", true, "closed"],
  ])("flags that were given %s when the application closes", async (_name, close, status) => {
    const { flags } = openShop({});
    const options = close === undefined ? { flags } : { flags, close };
    const { app } = await serve(adapter, { imports: [FlagsModule.forRoot(options)] });
    await app.close();
    expect(flags.health.status).toBe(status);
  });

  test("a global prefix takes no request's flags away", async () => {
    const { flags } = openShop(on.flags);
    const { url } = await serve(
      adapter,
      { imports: [FlagsModule.forRoot(flags)], controllers: [Checkout] },
      (app) => app.setGlobalPrefix("api", { exclude: ["read"] }),
    );
    expect(await text(`${url}/api/checkout`)).toBe("inside");
    expect(await text(`${url}/read`)).toBe("true");
  });

  test("an application made by @nestjs/testing has them, and may replace them", async () => {
    const shop = openShop();
    const other = openShop(on.flags);
    const module = await Test.createTestingModule({
      imports: [FlagsModule.forRoot(shop.flags)],
      controllers: [Checkout],
    })
      .overrideProvider(flagsToken())
      .useValue(other.flags)
      .compile();
    expect(module.get(flagsToken())).toBe(other.flags);
    const app = module.createNestApplication(adapter(), { logger: false });
    onTestFinished(() => app.close());
    await app.listen(0, "127.0.0.1");
    expect(await text(`${await app.getUrl()}/read`)).toBe("true");
    expect(await text(`${await app.getUrl()}/checkout`)).toBe("inside");
  });
});

test("two modules without a name in one application are refused, saying what to do", async () => {
  const { flags } = openShop();
  const root = moduleOf({ imports: [FlagsModule.forRoot(flags), FlagsModule.forRoot(flags)] });
  const creating = NestFactory.createApplicationContext(root, {
    logger: false,
    abortOnError: false,
  });
  await expect(creating).rejects.toMatchObject({
    name: "BurgeeError",
    code: "DUPLICATE_FLAGS",
    message: expect.stringContaining("a name of its own"),
  });
});

test("one module that several import is one", async () => {
  const { flags } = openShop();
  const shared = FlagsModule.forRoot(flags);
  const root = moduleOf({ imports: [shared, moduleOf({ imports: [shared] })] });
  const app = await NestFactory.createApplicationContext(root, {
    logger: false,
    abortOnError: false,
  });
  expect(app.get(FlagsService).flags).toBe(flags);
  await app.close();
});

test("a module that is not global is there for those that import it", async () => {
  const { flags } = openShop();
  @Injectable()
  class Reader {
    @Inject(FlagsService) readonly flags!: FlagsService;
  }
  const local = FlagsModule.forRoot({ flags, isGlobal: false });
  const start = (imports: (typeof local)[]) =>
    NestFactory.createApplicationContext(
      moduleOf({ imports: [local, moduleOf({ imports, providers: [Reader] })] }),
      { logger: false, abortOnError: false },
    );
  await expect(start([])).rejects.toThrow("FlagsService");
  const app = await start([local]);
  expect(app.get(Reader).flags.flags).toBe(flags);
  await app.close();
});

test("flags are ready when other modules start", async () => {
  const seen: unknown[] = [];
  @Injectable()
  class Starter implements OnModuleInit {
    @InjectFlags() readonly flags!: Flags;

    onModuleInit() {
      seen.push(this.flags.scope({}).get("new-checkout"));
    }
  }
  @Module({ imports: [FlagsModule.forRoot(openShop(on.flags).flags)], providers: [Starter] })
  class Root {}
  const app = await NestFactory.createApplicationContext(Root, { logger: false });
  expect(seen).toEqual([true]);
  await app.close();
});
