import type { Outcome } from "@burgee/core";
import {
  FlagsApolloPlugin,
  FlagsModule,
  FlagsService,
  FlagValue,
  RequireFlag,
} from "@burgee/nestjs";
import { ApolloDriver, type ApolloDriverConfig } from "@nestjs/apollo";
import {
  BadGatewayException,
  Catch,
  type DynamicModule,
  type ExceptionFilter,
  Inject,
  NotFoundException,
  UseFilters,
  UseGuards,
} from "@nestjs/common";
import { APP_GUARD } from "@nestjs/core";
import {
  Args,
  GraphQLModule,
  Int,
  Mutation,
  Parent,
  Query,
  ResolveField,
  Resolver,
} from "@nestjs/graphql";
import { MercuriusDriver, type MercuriusDriverConfig } from "@nestjs/mercurius";
import { GraphQLError } from "graphql";
import { describe, expect, test } from "vitest";
import {
  AuthGuard,
  byUser,
  moduleOf,
  onFor,
  onOff,
  openShop,
  platforms,
  type Shop,
  serve,
} from "./shop.js";

const typeDefs = /* GraphQL */ `
  type Query {
    value: Boolean
    ranking: String
    gated: String
    unknown: String
    teapot: String
    number(of: Int): Int
    throws: String
    missing: String
    gateway: String
    filtered: String
    denied: String
    brokenGuard: String
    wrong: Int
    product: Product
  }
  type Product {
    name: String
    price: Int
    maker: String!
  }
  type Mutation {
    order: String
  }
`;

class PaymentDeclined extends Error {}

@Catch(PaymentDeclined)
class DeclinedFilter implements ExceptionFilter {
  catch() {
    throw new NotFoundException("declined");
  }
}

@Resolver("Product")
class ShopResolver {
  @Inject(FlagsService) readonly flags!: FlagsService;

  @Query()
  async value(@FlagValue("new-checkout") value: boolean) {
    await new Promise(setImmediate);
    return value && this.flags.get("new-checkout");
  }

  @Query()
  ranking() {
    return this.flags.get("search-ranking");
  }

  @RequireFlag("new-checkout")
  @Query()
  gated() {
    return "inside";
  }

  @RequireFlag("new-checkout", { onUnknown: 503 })
  @Query()
  unknown() {
    return "inside";
  }

  @RequireFlag("new-checkout", {
    otherwise: () => Object.assign(new Error("short"), { extensions: { code: "TEAPOT" } }),
  })
  @Query()
  teapot() {
    return "inside";
  }

  @Query()
  number(@Args("of", { type: () => Int }) of: number) {
    return of;
  }

  @Query()
  throws() {
    this.flags.get("new-checkout");
    throw new TypeError("no total");
  }

  @Query()
  missing() {
    throw new NotFoundException();
  }

  @Query()
  gateway() {
    throw new BadGatewayException();
  }

  @UseFilters(DeclinedFilter)
  @Query()
  filtered() {
    throw new PaymentDeclined("card 4242");
  }

  @UseGuards({ canActivate: () => false })
  @Query()
  denied() {}

  @UseGuards({
    canActivate() {
      throw new RangeError("no session");
    },
  })
  @Query()
  brokenGuard() {}

  @Query()
  wrong() {
    return "three";
  }

  @Query()
  product() {
    return { name: "tea pot" };
  }

  @ResolveField()
  price(@Parent() _product: object) {
    throw new RangeError("no price");
  }

  @Mutation()
  order() {
    this.flags.get("new-checkout");
    throw new PaymentDeclined("card 4242");
  }
}

/** GraphQL's drivers, each on its platform. */
const drivers: Record<string, (more: object) => DynamicModule> = {
  Express: (more) =>
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      typeDefs,
      playground: false,
      ...more,
    }),
  Fastify: (more) =>
    GraphQLModule.forRoot<MercuriusDriverConfig>({ driver: MercuriusDriver, typeDefs, ...more }),
};

const ok = { status: "ok" } as const;
const error = (errorType: string) => ({ status: "error", errorType }) as const;

const endings: readonly [string, string, Partial<Outcome>][] = [
  ["an answer", "{ ranking }", ok],
  ["several answers", "{ ranking value number(of: 1) }", ok],
  ["a resolver's error", "{ throws }", error("TypeError")],
  ["a resolver's error beside an answer", "{ ranking throws }", error("TypeError")],
  ["a mutation's error", "mutation { order }", error("PaymentDeclined")],
  ["an error of a field's resolver", "{ product { name price } }", error("RangeError")],
  ["a value of the wrong type", "{ wrong }", { status: "error" }],
  ["a value that is missing", "{ product { maker } }", { status: "error" }],
  ["an HttpException of the client's", "{ missing }", ok],
  ["an HttpException of the server's", "{ gateway }", error("BadGatewayException")],
  ["a domain error that a filter maps to 404", "{ filtered }", ok],
  ["a guard's denial", "{ denied }", ok],
  ["a guard that breaks", "{ brokenGuard }", error("RangeError")],
  ["a closed gate", "{ gated }", ok],
  ["a gate that could not be known", "{ unknown }", error("HttpException")],
  ["a query that cannot be parsed", "{", ok],
  ["a query that cannot be validated", "{ nowhere }", ok],
  ["an argument of the wrong type", '{ number(of: "one") }', ok],
];

describe.each(platforms)("on %s", (platform, adapter) => {
  async function open(shop: Shop, prefix = "", more: object = {}) {
    const { url } = await serve(
      adapter,
      {
        imports: [
          FlagsModule.forRoot({ flags: shop.flags, context: byUser, ready: { timeout: 1 } }),
          drivers[platform]?.(more) as DynamicModule,
        ],
        providers: [ShopResolver, { provide: APP_GUARD, useClass: AuthGuard }],
      },
      (app) => prefix && app.setGlobalPrefix(prefix),
    );
    return async (query: string, user?: string, variables?: object) => {
      const response = await fetch(`${url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", ...(user && { "x-user": user }) },
        body: JSON.stringify({ query, variables }),
      });
      return response.json();
    };
  }

  const silent = { subscribe: () => () => {} };

  test.each(endings)("%s settles once", async (name, query, outcome) => {
    const shop = openShop(name === "a gate that could not be known" ? silent : {});
    const ask = await open(shop);
    for (const _time of [1, 2]) await ask(query);
    await shop.settled(2);
    await ask("{ ranking }");
    await shop.settled(3);
    expect(shop.settlements).toHaveLength(3);
    for (const settlement of shop.settlements.slice(0, 2)) {
      expect(settlement.outcome).toMatchObject(outcome);
    }
  });

  test("variables of the wrong type are the client's error", async () => {
    const shop = openShop();
    const ask = await open(shop);
    await ask("query ($of: Int) { number(of: $of) }", undefined, { of: "one" });
    await shop.settled(1);
    expect(shop.settlements[0]?.outcome.status).toBe("ok");
  });

  test("resolvers and their parameters see the flags of the user that a guard has found", async () => {
    const ask = await open(openShop({ "new-checkout": onFor("ada") }));
    expect(await ask("{ value }", "ada")).toEqual({ data: { value: true } });
    expect(await ask("{ value }", "bob")).toEqual({ data: { value: false } });
  });

  test("all resolvers of an operation have one scope", async () => {
    const shop = openShop({ "new-checkout": onOff("on") });
    const ask = await open(shop);
    await ask("{ value ranking gated }");
    await shop.settled(1);
    expect(shop.settlements[0]?.exposures.map(({ flag }) => flag).sort()).toEqual([
      "new-checkout",
      "search-ranking",
    ]);
  });

  test("a gate is open while its flag is on, for the user that a guard has found", async () => {
    const ask = await open(openShop({ "new-checkout": onFor("ada") }));
    expect(await ask("{ gated }", "ada")).toEqual({ data: { gated: "inside" } });
    expect(await ask("{ gated ranking }", "bob")).toMatchObject({
      data: { gated: null, ranking: "bm25" },
      errors: [{ message: "Not Found", path: ["gated"], extensions: { code: "NOT_FOUND" } }],
    });
  });

  test("a gate that could not be known says so", async () => {
    const ask = await open(openShop(silent));
    expect((await ask("{ unknown }")).errors[0].extensions.code).toBe("SERVICE_UNAVAILABLE");
  });

  test("a gate answers with an error of one's own", async () => {
    const ask = await open(openShop());
    expect((await ask("{ teapot }")).errors).toMatchObject([
      { message: "short", extensions: { code: "TEAPOT" } },
    ]);
  });

  test("a context that hides its request takes no operation's flags away", async () => {
    const shop = openShop({ "new-checkout": onOff("on") });
    const ask = await open(shop, "", { context: () => ({ req: { headers: {} } }) });
    expect(await ask("{ gated throws }")).toMatchObject({ data: { gated: "inside" } });
    await shop.settled(1);
    await ask("{ ranking }");
    await shop.settled(2);
    expect(shop.settlements).toHaveLength(2);
    expect(shop.settlements[0]?.outcome.errorType).toBe("TypeError");
  });

  test("a global prefix takes no operation's flags away", async () => {
    const ask = await open(openShop(), "api");
    expect(await ask("{ ranking }")).toEqual({ data: { ranking: "bm25" } });
  });

  /** The plugins of Apollo. */
  if (platform === "Express") {
    test("a query that a plugin refuses is the client's error", async () => {
      const tooComplex = new GraphQLError("too complex", {
        extensions: { code: "TOO_COMPLEX", http: { status: 200 } },
      });
      const plugin = {
        requestDidStart: async () => ({
          async didResolveOperation() {
            throw tooComplex;
          },
        }),
      };
      const shop = openShop();
      const ask = await open(shop, "", { plugins: [plugin] });
      expect((await ask("{ ranking }")).errors).toMatchObject([{ message: "too complex" }]);
      await shop.settled(1);
      expect(shop.settlements[0]?.outcome.status).toBe("ok");
    });

    test("a GraphQLModule with `include` is given the plugin, and tells its errors as well", async () => {
      const shop = openShop();
      const Included = moduleOf({ providers: [ShopResolver] });
      const { url } = await serve(adapter, {
        imports: [
          FlagsModule.forRoot(shop.flags),
          Included,
          drivers[platform]?.({
            include: [Included],
            plugins: [new FlagsApolloPlugin()],
          }) as DynamicModule,
        ],
      });
      await fetch(`${url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query: "{ brokenGuard }" }),
      });
      await shop.settled(1);
      expect(shop.settlements[0]?.outcome.errorType).toBe("RangeError");
    });
  }
});
