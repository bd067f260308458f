import { percent } from "@burgee/core";
import { signOverrides } from "@burgee/core/signed";
import {
  FlagsModule,
  type FlagsModuleOptions,
  FlagsService,
  FlagValue,
  RequireFlag,
} from "@burgee/nestjs";
import { Controller, Get, Inject, Res } from "@nestjs/common";
import { APP_GUARD, NestFactory } from "@nestjs/core";
import { describe, expect, test } from "vitest";
import {
  AuthGuard,
  byUser,
  type definitions,
  moduleOf,
  onOff,
  openShop,
  platforms,
  serve,
} from "./shop.js";

const secret = "a secret that is long enough for a key";
const environment = "production";
const sign = (options = {}) =>
  signOverrides({ "new-checkout": "on" }, { secret, environment, ...options });
const token = await sign();

/** What no one may override with. */
const worthless = [
  ["garbage", "garbage"],
  ["a token cut short", token.slice(0, -4)],
  ["a token of another secret", await sign({ secret: secret + secret })],
  ["a token of another environment", await sign({ environment: "staging" })],
  ["a token whose time is over", await sign({ now: Date.now() - 2 * 86_400_000 })],
  ["far too much", "a".repeat(4000)],
] as const;

/** An answer of Express, or of Fastify. */
type Answering =
  | { cookie(name: string, value: string): void }
  | { header(name: string, value: string): void };

@Controller()
class Reads {
  @Inject(FlagsService) readonly flags!: FlagsService;

  @Get("details")
  details() {
    const { value, variant, overridden = false } = this.flags.details("new-checkout");
    return { value, variant, overridden };
  }

  @RequireFlag("new-checkout")
  @Get("gated")
  gated(@FlagValue("new-checkout", { name: "billing" }) billing: boolean) {
    return [billing];
  }

  @Get("own")
  own(@Res({ passthrough: true }) response: Answering) {
    if ("cookie" in response) response.cookie("own", "1");
    else response.header("set-cookie", "own=1");
    return {};
  }
}

const overridden = { value: true, variant: "on", overridden: true };
const ruled = { value: false, variant: "off", overridden: false };

describe.each(platforms)("on %s", (_platform, adapter) => {
  test.each([
    ["its cookie", undefined, { cookie: `a=b; burgee-overrides=${token}` }],
    ["its header", undefined, { "burgee-overrides": token }],
    ["a cookie of the application's name", { cookie: "qa" }, { cookie: `qa=${token}` }],
    ["a header of the application's name", { header: "X-QA" }, { "x-qa": token }],
  ])("a signed override in %s serves its variant, and says that it was one", async (...row) => {
    const [, overrides, headers] = row;
    const shop = openShop({ "new-checkout": onOff("off") }, { secret });
    const { flags } = shop;
    const { url } = await serve(adapter, {
      imports: [FlagsModule.forRoot({ flags, ...(overrides && { overrides }) })],
      controllers: [Reads],
    });
    const read = (init = {}) => fetch(`${url}/details`, init).then((answer) => answer.json());
    expect(await read({ headers })).toEqual(overridden);
    expect(await read()).toEqual(ruled);
    await shop.settled(2);
    const exposed = shop.settlements.flatMap(({ exposures }) => exposures);
    expect(exposed.map(({ details }) => details.overridden)).toEqual([true, undefined]);
  });

  test.each(worthless)("%s as an override changes nothing", async (_name, text) => {
    const { flags } = openShop({ "new-checkout": onOff("off") }, { secret });
    const { url } = await serve(adapter, {
      imports: [FlagsModule.forRoot(flags)],
      controllers: [Reads],
    });
    const ask = (headers: Record<string, string>) => fetch(`${url}/details`, { headers });
    for (const response of [
      await ask({ cookie: `burgee-overrides=${text}` }),
      await ask({ "burgee-overrides": text }),
    ]) {
      expect([response.status, await response.json()]).toEqual([200, ruled]);
    }
  });

  test("overrides that are off are not read", async () => {
    const { flags } = openShop({ "new-checkout": onOff("off") }, { secret });
    const { url } = await serve(adapter, {
      imports: [FlagsModule.forRoot({ flags, overrides: false })],
      controllers: [Reads],
    });
    const headers = { cookie: `burgee-overrides=${token}`, "burgee-overrides": token };
    const response = await fetch(`${url}/details`, { headers });
    expect(await response.json()).toEqual(ruled);
  });

  test("an override opens a gate, of named flags too, for whoever sends it", async () => {
    const shop = openShop({}, { secret });
    const billing = openShop({}, { secret });
    const { url } = await serve(adapter, {
      imports: [
        FlagsModule.forRoot(shop.flags),
        FlagsModule.forRoot({ flags: billing.flags, name: "billing" }),
      ],
      controllers: [Reads],
    });
    const ask = (headers: Record<string, string>) => fetch(`${url}/gated`, { headers });
    expect((await ask({})).status).toBe(404);
    const opened = await ask({ cookie: `burgee-overrides=${token}` });
    expect(await opened.json()).toEqual([true]);
    await billing.settled(2);
    expect(billing.settlements).toHaveLength(2);
  });

  describe.each([
    ["signed", { secret }],
    ["of Flags without a secret", {}],
  ])("a visitor's cookie, %s,", (_name, options) => {
    const split = onOff("off", percent({ on: 50 }, { by: "visitorId" }));

    async function open() {
      const { flags } = openShop({ "new-checkout": split }, options);
      const { url } = await serve(adapter, {
        imports: [FlagsModule.forRoot({ flags, context: byUser, visitor: "visitor" })],
        controllers: [Reads],
        providers: [{ provide: APP_GUARD, useClass: AuthGuard }],
      });
      return async (headers: Record<string, string> = {}, path = "details") => {
        const response = await fetch(`${url}/${path}`, { headers });
        return { read: await response.json(), cookies: response.headers.getSetCookie() };
      };
    }

    const pairOf = (cookie = "") => cookie.slice(0, cookie.indexOf(";"));

    test("is set once, out of the reach of scripts", async () => {
      const ask = await open();
      const { cookies } = await ask();
      expect(cookies).toEqual([expect.stringMatching(/^visitor=[^;]{36,};.*\bHttpOnly\b/)]);
      const cookie = pairOf(cookies[0]);
      expect((await ask({ cookie })).cookies).toEqual([]);
    });

    test("is not lost to one of the application's own", async () => {
      const { cookies } = await (await open())({}, "own");
      expect(cookies.map((cookie) => cookie.slice(0, cookie.indexOf("="))).sort()).toEqual([
        "own",
        "visitor",
      ]);
    });

    test("that is none is replaced by another's", async () => {
      const ask = await open();
      const { cookies } = await ask({ cookie: "visitor=garbage" });
      expect(cookies).toEqual([expect.stringMatching(/^visitor=(?!garbage)/)]);
    });

    test("keeps a visitor's part of a split, over a login too", async () => {
      const ask = await open();
      const visitors = await Promise.all(
        Array.from({ length: 40 }, async () => {
          const { read, cookies } = await ask();
          const cookie = pairOf(cookies[0]);
          expect((await ask({ cookie })).read).toEqual(read);
          expect((await ask({ cookie, "x-user": "ada" })).read).toEqual(read);
          return read.variant;
        }),
      );
      expect(new Set(visitors)).toEqual(new Set(["on", "off"]));
    });
  });
});

type Given = FlagsModuleOptions<typeof definitions>;

describe.each([
  ["a visitor's cookie", { visitor: "no cookie;" }],
  ["a visitor's cookie that is kept too long", { visitor: { name: "visitor", maxAge: "400d" } }],
  ["an override cookie", { overrides: { cookie: "a;b" } }],
  ["an override header", { overrides: { header: "" } }],
] as const)("what cannot be %s", (_name, options) => {
  test.each([
    ["forRoot", (given: Given) => FlagsModule.forRoot(given)],
    ["forRootAsync", (given: Given) => FlagsModule.forRootAsync({ useFactory: () => given })],
  ])("is refused at boot by %s", async (_method, moduleWith) => {
    const { flags } = openShop();
    const creating = NestFactory.createApplicationContext(
      moduleOf({ imports: [moduleWith({ flags, ...options })] }),
      { logger: false, abortOnError: false },
    );
    await expect(creating).rejects.toMatchObject({ name: "BurgeeError", code: "INVALID_OPTIONS" });
  });
});
