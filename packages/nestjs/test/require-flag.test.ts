import { FlagsModule, RequireFlag, RequireFlagGuard } from "@burgee/nestjs";
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  HttpException,
  type ModuleMetadata,
  NotFoundException,
  UseGuards,
} from "@nestjs/common";
import { APP_GUARD } from "@nestjs/core";
import { describe, expect, test } from "vitest";
import {
  AuthGuard,
  byUser,
  hybrid,
  onFor,
  onOff,
  openShop,
  platforms,
  type Shop,
  serve,
} from "./shop.js";

@Controller()
class Shelf {
  @RequireFlag("new-checkout")
  @Get("checkout")
  checkout() {
    return "inside";
  }

  @RequireFlag("search-ranking", { is: "hybrid" })
  @Get("hybrid")
  hybrid() {
    return "inside";
  }

  @RequireFlag("search-ranking", { is: ["bm25", "hybrid"] })
  @Get("either")
  either() {
    return "inside";
  }

  @RequireFlag("new-checkout", { is: "off" })
  @Get("old")
  old() {
    return "inside";
  }

  @RequireFlag("new-checkout", { otherwise: 403 })
  @Get("forbidden")
  forbidden() {
    return "inside";
  }

  @RequireFlag("new-checkout", { otherwise: () => new HttpException({ try: "later" }, 423) })
  @Get("locked")
  locked() {
    return "inside";
  }

  @RequireFlag("new-checkout", { onUnknown: 503 })
  @Get("known")
  known() {
    return "inside";
  }

  @RequireFlag("new-checkout", { is: "off", onUnknown: () => new HttpException("no idea", 500) })
  @Get("safe")
  safe() {
    return "inside";
  }

  @RequireFlag("no-such-flag" as "new-checkout")
  @Get("undefined")
  undefined() {
    return "inside";
  }
}

@RequireFlag("new-checkout")
@Controller("both")
class BothController {
  @RequireFlag("one-click")
  @Get()
  both() {
    return "inside";
  }
}

describe.each(platforms)("on %s", (_platform, adapter) => {
  async function ask(shop: Shop, path: string, more: ModuleMetadata = {}, user?: string) {
    const { url } = await serve(adapter, {
      imports: [FlagsModule.forRoot({ flags: shop.flags, context: byUser, ready: { timeout: 1 } })],
      controllers: [Shelf, BothController],
      ...more,
    });
    const headers: Record<string, string> = user === undefined ? {} : { "x-user": user };
    const response = await fetch(url + path, { headers });
    return [response.status, await response.text()] as const;
  }

  test("lets requests pass while the flag is on", async () => {
    expect(await ask(openShop({ "new-checkout": onOff("on") }), "/checkout")).toEqual([
      200,
      "inside",
    ]);
  });

  test("answers while it is off as if there were no route", async () => {
    const [status, body] = await ask(openShop(), "/checkout");
    const [, unknown] = await ask(openShop(), "/nowhere");
    expect([status, body]).toEqual([404, unknown.replace("nowhere", "checkout")]);
  });

  test.each([
    ["/hybrid", 200],
    ["/either", 200],
  ])("with `is`, the variants named pass at %s", async (path, status) => {
    expect((await ask(openShop({ "search-ranking": hybrid }), path))[0]).toBe(status);
  });

  test("with `is`, other variants do not pass", async () => {
    expect((await ask(openShop(), "/hybrid"))[0]).toBe(404);
    expect((await ask(openShop({ "new-checkout": onOff("on") }), "/old"))[0]).toBe(404);
    expect((await ask(openShop({ "new-checkout": onOff("off") }), "/old"))[0]).toBe(200);
  });

  test("answers otherwise with a status, or with an exception of one's own", async () => {
    expect(await ask(openShop(), "/forbidden")).toEqual([
      403,
      JSON.stringify({ statusCode: 403, message: "Forbidden" }),
    ]);
    expect(await ask(openShop(), "/locked")).toEqual([423, '{"try":"later"}']);
  });

  test("both the class's flag and the handler's must be on", async () => {
    const on = onOff("on");
    expect((await ask(openShop({ "new-checkout": on }), "/both"))[0]).toBe(404);
    expect((await ask(openShop({ "one-click": on }), "/both"))[0]).toBe(404);
    expect((await ask(openShop({ "new-checkout": on, "one-click": on }), "/both"))[0]).toBe(200);
  });

  test("a flag that could not be known goes by its safe default", async () => {
    const silent = openShop({ subscribe: () => () => {} });
    expect((await ask(silent, "/checkout"))[0]).toBe(404);
    expect((await ask(silent, "/old"))[0]).toBe(200);
    expect((await ask(openShop(), "/undefined"))[0]).toBe(404);
  });

  test("a flag that could not be known is told apart from one that is off", async () => {
    const silent = openShop({ subscribe: () => () => {} });
    expect((await ask(silent, "/known"))[0]).toBe(503);
    expect((await ask(silent, "/safe"))[0]).toBe(500);
    expect((await ask(openShop({ "new-checkout": onOff("off") }), "/known"))[0]).toBe(404);
  });

  test("targeting sees the user that a global guard found before", async () => {
    const shop = openShop({ "new-checkout": onFor("ada") });
    const providers = [{ provide: APP_GUARD, useClass: AuthGuard }];
    expect((await ask(shop, "/checkout", { providers }, "ada"))[0]).toBe(200);
    expect((await ask(shop, "/checkout", { providers }, "bob"))[0]).toBe(404);
  });

  test("targeting sees the user that a class's guard found before", async () => {
    @UseGuards(AuthGuard)
    @Controller("mine")
    class Mine {
      @RequireFlag("new-checkout")
      @Get()
      mine() {
        return "inside";
      }
    }
    const shop = openShop({ "new-checkout": onFor("ada") });
    expect((await ask(shop, "/mine", { controllers: [Mine] }, "ada"))[0]).toBe(200);
    expect((await ask(shop, "/mine", { controllers: [Mine] }, "bob"))[0]).toBe(404);
  });

  test("each refusal is an exception of its own", async () => {
    const seen: unknown[] = [];
    class Refusing extends RequireFlagGuard<"new-checkout"> {
      override async canActivate(context: ExecutionContext): Promise<boolean> {
        try {
          return await super.canActivate(context);
        } catch (error) {
          seen.push(error);
          throw error;
        }
      }
    }
    const providers = [{ provide: APP_GUARD, useFactory: () => new Refusing("new-checkout") }];
    const shop = openShop();
    await ask(shop, "/checkout", { providers });
    await ask(shop, "/checkout", { providers });
    expect(seen).toHaveLength(2);
    expect(seen[0]).toBeInstanceOf(NotFoundException);
    expect(seen[0]).not.toBe(seen[1]);
  });

  test("its exposures are marked gated", async () => {
    const shop = openShop({ "new-checkout": onOff("off") });
    await ask(shop, "/checkout");
    await shop.settled(1);
    expect(shop.settlements[0]?.exposures).toMatchObject([
      { flag: "new-checkout", variant: "off", gated: true },
    ]);
  });

  test("without the module it says which one is missing", async () => {
    const errors: unknown[] = [];
    class Watching implements CanActivate {
      async canActivate(context: ExecutionContext): Promise<boolean> {
        try {
          return await new RequireFlagGuard("new-checkout").canActivate(context);
        } catch (error) {
          errors.push(error);
          throw error;
        }
      }
    }
    const providers = [{ provide: APP_GUARD, useClass: Watching }];
    const [status] = await ask(openShop(), "/checkout", { imports: [], providers });
    expect(status).toBe(500);
    expect(errors).toMatchObject([
      { code: "NO_SCOPE", message: expect.stringContaining("FlagsModule.forRoot") },
    ]);
  });
});
