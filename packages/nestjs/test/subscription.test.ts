import { once } from "node:events";
import { FlagsModule, FlagsService, FlagValue, RequireFlag } from "@burgee/nestjs";
import { ApolloDriver, type ApolloDriverConfig } from "@nestjs/apollo";
import { type DynamicModule, Inject } from "@nestjs/common";
import { GraphQLModule, Query, Resolver, Subscription } from "@nestjs/graphql";
import { MercuriusDriver, type MercuriusDriverConfig } from "@nestjs/mercurius";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { onOff, openShop, platforms, type Shop, serve } from "./shop.js";

const typeDefs = /* GraphQL */ `
  type Query {
    value: Boolean
  }
  type Subscription {
    ticks: Int
    gated: Int
    broken: Int
  }
`;

async function* ticks(field: string, last: number) {
  for (let tick = 1; tick <= last; tick++) yield { [field]: tick };
}

@Resolver()
class Ticks {
  @Inject(FlagsService) readonly flags!: FlagsService;

  @Query()
  value() {
    return this.flags.get("new-checkout");
  }

  @Subscription()
  ticks(@FlagValue("new-checkout") isNew: boolean) {
    return ticks("ticks", isNew && this.flags.get("new-checkout") ? 2 : 1);
  }

  @RequireFlag("new-checkout")
  @Subscription()
  gated() {
    return ticks("gated", 1);
  }

  @Subscription()
  broken() {
    throw new TypeError("no ticks");
  }
}

const drivers: Record<string, () => DynamicModule> = {
  Express: () =>
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      typeDefs,
      playground: false,
      subscriptions: { "graphql-ws": true },
    }),
  Fastify: () =>
    GraphQLModule.forRoot<MercuriusDriverConfig>({
      driver: MercuriusDriver,
      typeDefs,
      subscription: true,
    }),
};

interface Message {
  readonly type: string;
  readonly payload?: { readonly data?: Record<string, number>; readonly errors?: object[] };
}

describe.each(platforms)("on %s", (platform, adapter) => {
  async function connect(shop: Shop) {
    const { url } = await serve(adapter, {
      imports: [FlagsModule.forRoot(shop.flags), drivers[platform]?.() as DynamicModule],
      providers: [Ticks],
    });
    const socket = new WebSocket(`${url.replace("http", "ws")}/graphql`, "graphql-transport-ws");
    onTestFinished(() => socket.terminate());
    await once(socket, "open");
    socket.send(JSON.stringify({ type: "connection_init" }));
    await once(socket, "message");
    let operations = 0;
    const subscribe = async (query: string): Promise<Message[]> => {
      const id = String(++operations);
      const messages: Message[] = [];
      const done = new Promise<void>((resolve) => {
        socket.on("message", (data) => {
          const message = JSON.parse(String(data));
          if (message.id !== id) return;
          messages.push(message);
          if (message.type !== "next" || message.payload.errors !== undefined) resolve();
        });
      });
      socket.send(JSON.stringify({ id, type: "subscribe", payload: { query } }));
      await done;
      return messages;
    };
    return { url, subscribe };
  }

  const ticked = (messages: Message[]) =>
    messages.flatMap(({ payload }) => Object.values(payload?.data ?? {}));

  test("a subscription's start has flags of its own, each time on one connection", async () => {
    const shop = openShop({ "new-checkout": onOff("on") });
    const { subscribe } = await connect(shop);
    expect(ticked(await subscribe("subscription { ticks }"))).toEqual([1, 2]);
    expect(ticked(await subscribe("subscription { ticks }"))).toEqual([1, 2]);
    await shop.settled(2);
    expect(shop.settlements).toHaveLength(2);
    for (const { outcome, exposures } of shop.settlements) {
      expect(outcome.status).toBe("ok");
      expect(exposures).toMatchObject([{ flag: "new-checkout", variant: "on" }]);
    }
  });

  test("a subscription behind a flag starts while it is on", async () => {
    const shop = openShop({ "new-checkout": onOff("on") });
    const { subscribe } = await connect(shop);
    expect(ticked(await subscribe("subscription { gated }"))).toEqual([1]);
  });

  test("a subscription behind a flag is refused while it is off, and settles once", async () => {
    const shop = openShop();
    const { url, subscribe } = await connect(shop);
    const messages = await subscribe("subscription { gated }");
    expect(JSON.stringify(messages)).toContain("Not Found");
    expect(ticked(messages)).not.toContain(1);
    await shop.settled(1);
    await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: "{ value }" }),
    });
    await shop.settled(2);
    expect(shop.settlements).toHaveLength(2);
    expect(shop.settlements[0]).toMatchObject({
      outcome: { status: "ok" },
      exposures: [{ flag: "new-checkout", gated: true }],
    });
  });

  test("a subscription that cannot start settles with its error", async () => {
    const shop = openShop();
    const { subscribe } = await connect(shop);
    await subscribe("subscription { broken }");
    await shop.settled(1);
    expect(shop.settlements[0]?.outcome).toMatchObject({ status: "error", errorType: "TypeError" });
  });
});
