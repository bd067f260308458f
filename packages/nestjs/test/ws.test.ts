import { once } from "node:events";
import type { Outcome } from "@burgee/core";
import {
  FlagScopeGuard,
  FlagScopeInterceptor,
  FlagsModule,
  FlagsService,
  FlagValue,
  RequireFlag,
  type WsInput,
} from "@burgee/nestjs";
import { BadRequestException, Inject, type Type, UseGuards, UseInterceptors } from "@nestjs/common";
import { WsAdapter } from "@nestjs/platform-ws";
import { MessageBody, SubscribeMessage, WebSocketGateway, WsException } from "@nestjs/websockets";
import { of } from "rxjs";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { nest, onFor, openShop, platforms, type Shop, serve } from "./shop.js";

class PaymentDeclined extends Error {}

class Handlers {
  @Inject(FlagsService) readonly flags!: FlagsService;

  /** What Nest answers a WsException with, Nest 10 and 11 emit on a client of ws, and send nothing. */
  handleConnection(client: WebSocket) {
    client.on("exception", (data) => client.send(JSON.stringify({ event: "exception", data })));
  }

  @SubscribeMessage("value")
  async value(@MessageBody() _data: object, @FlagValue("new-checkout") value: boolean) {
    await new Promise(setImmediate);
    return { event: "value", data: value && this.flags.get("new-checkout") };
  }

  @SubscribeMessage("several")
  several() {
    return of({ event: "several", data: 1 }, { event: "several", data: 2 });
  }

  @SubscribeMessage("silent")
  silent() {
    this.flags.get("new-checkout");
  }

  @RequireFlag("new-checkout")
  @SubscribeMessage("gated")
  gated() {
    return { event: "gated", data: "inside" };
  }

  @RequireFlag("new-checkout", { onUnknown: 503 })
  @SubscribeMessage("unknown")
  unknown() {
    return { event: "unknown", data: "inside" };
  }

  @SubscribeMessage("throws")
  throws() {
    throw new PaymentDeclined("card 4242");
  }

  @SubscribeMessage("answers")
  answers() {
    throw new WsException("out of tea");
  }

  @SubscribeMessage("refuses")
  refuses() {
    throw new WsException({ status: 409 });
  }

  @SubscribeMessage("http")
  http() {
    throw new BadRequestException();
  }
}

@WebSocketGateway()
class GlobalGateway extends Handlers {}

@UseGuards(FlagScopeGuard)
@UseInterceptors(FlagScopeInterceptor)
@WebSocketGateway()
class ExplicitGateway extends Handlers {}

const ok = { status: "ok" } as const;
const error = (errorType: string) => ({ status: "error", errorType }) as const;

/** How a message may end, what comes back, and the outcome its scope settles with. */
const endings: readonly [string, string, Partial<Outcome>][] = [
  ["an answer", "value", ok],
  ["several answers", "several", ok],
  ["no answer", "silent", ok],
  ["a throw", "throws", error("PaymentDeclined")],
  ["a WsException", "answers", error("WsException")],
  ["a WsException with a status of the client's", "refuses", ok],
  ["an HttpException of the client's", "http", ok],
  ["a closed gate", "gated", ok],
];

const context = ({ data }: WsInput) => ({ targetingKey: (data as { user?: string }).user });

/** Gateways of Nest 10 and 11 know no global guards and interceptors. */
const gateways = (
  [
    ["its guard and interceptor are named by the gateway", ExplicitGateway],
    ["its guard and interceptor are the application's", GlobalGateway],
  ] as const
).slice(0, nest < 12 ? 1 : 2);

describe.each(platforms)("on %s", (_platform, adapter) => {
  async function connect(shop: Shop, gateway: Type) {
    const { url } = await serve(
      adapter,
      {
        imports: [FlagsModule.forRoot({ flags: shop.flags, context, ready: { timeout: 1 } })],
        providers: [gateway],
      },
      (app) => app.useWebSocketAdapter(new WsAdapter(app)),
    );
    const socket = new WebSocket(url.replace("http", "ws"));
    onTestFinished(() => socket.terminate());
    await once(socket, "open");
    const send = (event: string, data: object = {}) => socket.send(JSON.stringify({ event, data }));
    const ask = async (event: string, data: object = {}) => {
      const answered = once(socket, "message");
      send(event, data);
      const [message] = await answered;
      return JSON.parse(String(message));
    };
    return { send, ask };
  }

  describe.each(gateways)("where %s", (_name, gateway) => {
    test.each(endings)("%s settles once", async (_name, event, outcome) => {
      const shop = openShop();
      const { send } = await connect(shop, gateway);
      send(event);
      send(event);
      await shop.settled(2);
      send("value");
      await shop.settled(3);
      expect(shop.settlements).toHaveLength(3);
      for (const settlement of shop.settlements.slice(0, 2)) {
        expect(settlement.outcome).toMatchObject(outcome);
      }
    });

    test("each message of one client has the flags of its own context", async () => {
      const { ask } = await connect(openShop({ "new-checkout": onFor("ada") }), gateway);
      for (const user of ["ada", "bob", "ada"]) {
        expect(await ask("value", { user })).toEqual({ event: "value", data: user === "ada" });
      }
    });

    test("a gate is open while its flag is on, and refuses with a real WsException", async () => {
      const { ask } = await connect(openShop({ "new-checkout": onFor("ada") }), gateway);
      expect(await ask("gated", { user: "ada" })).toEqual({ event: "gated", data: "inside" });
      expect(await ask("gated", { user: "bob" })).toMatchObject({
        event: "exception",
        data: { status: "error", message: "Not Found" },
      });
    });

    test("a gate that could not be known says so, and is an error", async () => {
      const shop = openShop({ subscribe: () => () => {} });
      const { ask } = await connect(shop, gateway);
      expect(await ask("unknown")).toMatchObject({ data: { message: "Service Unavailable" } });
      await shop.settled(1);
      expect(shop.settlements[0]?.outcome).toMatchObject(error("WsException"));
    });
  });
});
