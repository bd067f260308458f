import { once } from "node:events";
import { Agent, type IncomingMessage, request as send } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { EvaluationContext } from "@burgee/core";
import { currentScope } from "@burgee/core/ambient";
import {
  FlagsModule,
  FlagsService,
  FlagValue,
  InjectFlagsService,
  RequireFlag,
} from "@burgee/nestjs";
import {
  type ArgumentsHost,
  Body,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  Inject,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestInterceptor,
  NotFoundException,
  Param,
  type PipeTransform,
  Post,
  Sse,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from "@nestjs/common";
import { APP_GUARD } from "@nestjs/core";
import { concatMap, from, map, tap } from "rxjs";
import { describe, expect, test } from "vitest";
import {
  AuthGuard,
  byUser,
  hybrid,
  type Known,
  onFor,
  onOff,
  openShop,
  platforms,
  serve,
} from "./shop.js";

/** What each place has read, as the request went through it. */
const seen: unknown[] = [];

@Injectable()
class Reader implements CanActivate, NestInterceptor, PipeTransform, ExceptionFilter {
  @Inject(FlagsService) readonly flags!: FlagsService;

  note(place: string) {
    seen.push(`${place} ${this.flags.get("new-checkout")}`);
  }

  canActivate(context: ExecutionContext) {
    this.note("guard");
    expect(this.flags.scopeOf(context)).toBe(this.flags.scope);
    return true;
  }

  intercept(_context: ExecutionContext, next: CallHandler) {
    this.note("interceptor");
    return next.handle().pipe(tap(() => this.note("answer")));
  }

  transform(value: unknown) {
    this.note("pipe");
    return value;
  }

  catch(_error: unknown, host: ArgumentsHost) {
    this.note("filter");
    host.switchToHttp().getResponse().status(404).send({});
  }
}
Catch(NotFoundException)(Reader);

@Controller()
class Places {
  @Inject(Reader) readonly reader!: Reader;

  @UseGuards(Reader)
  @UseInterceptors(Reader)
  @Get("everywhere/:id")
  async everywhere(
    @Param("id", Reader) _id: string,
    @FlagValue("new-checkout") value: boolean,
    @FlagValue("page-size") size: number,
  ) {
    await wait(1);
    this.reader.note("handler");
    return [value, size];
  }

  @UseFilters(Reader)
  @Get("failing")
  failing() {
    throw new NotFoundException();
  }

  @Post("slow")
  slow(@Body() { part }: { part: string }) {
    return [part, this.reader.flags.get("new-checkout")];
  }

  @Sse("events")
  events() {
    return from([1, 2]).pipe(
      concatMap((event) => wait(1, event)),
      map((event) => ({ data: [event, this.reader.flags.get("new-checkout")] })),
    );
  }
}

@Controller()
class Users {
  @Inject(FlagsService) readonly flags!: FlagsService;

  @Get("user/:id")
  async user(@Param("id") id: string) {
    const values: unknown[] = [];
    for (let turn = 0; turn < 5; turn++) {
      await (Math.random() < 0.5 ? Promise.resolve() : new Promise(setImmediate));
      values.push(this.flags.details("new-checkout").value, currentScope() === this.flags.scope);
    }
    return { id, values };
  }
}

describe.each(platforms)("on %s", (platform, adapter) => {
  const providers = [{ provide: APP_GUARD, useClass: AuthGuard }, Reader];

  async function open(context: (request: Known) => EvaluationContext = byUser) {
    const shop = openShop({ "new-checkout": onFor("ada") });
    const imports = [FlagsModule.forRoot({ flags: shop.flags, context })];
    const controllers = [Places, Users];
    const { url } = await serve(adapter, { imports, controllers, providers });
    return { shop, url };
  }

  const ada = { headers: { "x-user": "ada" } };

  test("guards, interceptors, pipes, handlers and parameters see the request's flags", async () => {
    const { url } = await open();
    seen.length = 0;
    const response = await fetch(`${url}/everywhere/1`, ada);
    expect(await response.json()).toEqual([true, 10]);
    expect(seen).toEqual(
      ["guard", "interceptor", "pipe", "handler", "answer"].map((place) => `${place} true`),
    );
  });

  test("exception filters see them", async () => {
    const { url } = await open();
    seen.length = 0;
    await fetch(`${url}/failing`, ada);
    expect(seen).toEqual(["filter true"]);
  });

  test("a handler of @Sse() sees them with each event", async () => {
    const { url } = await open();
    const events = await fetch(`${url}/events`, ada).then((response) => response.text());
    expect(events.match(/\[\d,true\]/g)).toEqual(["[1,true]", "[2,true]"]);
  });

  test("a body that comes slowly loses neither them nor the user", async () => {
    const { url } = await open();
    const headers = { ...ada.headers, "content-type": "application/json" };
    const request = send(`${url}/slow`, { method: "POST", headers });
    const responded = once(request, "response") as Promise<[IncomingMessage]>;
    for (const part of ['{"part"', ":", '"slow"', "}"]) {
      request.write(part);
      await wait(5);
    }
    request.end();
    const [response] = await responded;
    expect(JSON.parse((await response.toArray()).join(""))).toEqual(["slow", true]);
  });

  test("no context ever crosses between 200 requests at a time on few connections", async () => {
    const { shop, url } = await open();
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const ask = (id: string): Promise<{ id: string; values: unknown[] }> =>
      new Promise((resolve, reject) => {
        const request = send(`${url}/user/${id}`, { agent, headers: { "x-user": id } });
        request.on("response", (response) =>
          response.toArray().then((parts) => resolve(JSON.parse(parts.join(""))), reject),
        );
        request.on("error", reject).end();
      });
    const users = Array.from({ length: 200 }, (_, index) => (index % 3 ? `user-${index}` : "ada"));
    const answers = await Promise.all(users.map(ask));
    agent.destroy();
    for (const [index, { id, values }] of answers.entries()) {
      expect(id).toBe(users[index]);
      expect(values).toEqual(
        Array(5)
          .fill([id === "ada", true])
          .flat(),
      );
    }
    await shop.settled(200);
    expect(shop.settlements).toHaveLength(200);
  });

  test("the context function is given the framework's own request, when a flag is first read", async () => {
    const given: Known[] = [];
    const { url } = await open((request) => {
      given.push(request);
      return byUser(request);
    });
    await fetch(`${url}/nowhere`, ada);
    expect(given).toEqual([]);
    await fetch(`${url}/user/1`, ada);
    expect(given).toHaveLength(1);
    expect(given[0]?.user).toEqual({ id: "ada" });
    expect("raw" in (given[0] ?? {})).toBe(platform === "Fastify");
  });

  test("an async context function is awaited before any guard runs", async () => {
    const order: string[] = [];
    const shop = openShop({ "new-checkout": onFor("ada") });
    const context = async (request: Known) => {
      await wait(1);
      order.push("context");
      return { targetingKey: request.headers["x-user"] };
    };
    const canActivate = () => {
      order.push("guard");
      return true;
    };
    const { url } = await serve(adapter, {
      imports: [FlagsModule.forRoot({ flags: shop.flags, context })],
      controllers: [Users],
      providers: [{ provide: APP_GUARD, useValue: { canActivate } }],
    });
    const { values } = await fetch(`${url}/user/ada`, ada).then((response) => response.json());
    expect(values).toEqual(Array(5).fill([true, true]).flat());
    expect(order).toEqual(["context", "guard"]);
  });

  test("a context function that throws makes the request anonymous, and answers it", async () => {
    const { url } = await open(() => {
      throw new Error("no user");
    });
    const response = await fetch(`${url}/user/ada`, ada);
    expect([response.status, (await response.json()).values[0]]).toEqual([200, false]);
  });

  test("a header that asks for an upgrade which nobody serves takes no flags away", async () => {
    const { shop, url } = await open();
    const headers = { "x-user": "ada", upgrade: "websocket", connection: "upgrade" };
    const request = send(`${url}/everywhere/1`, { headers }).end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    expect(JSON.parse((await response.toArray()).join(""))).toEqual([true, 10]);
    await shop.settled(1);
    expect(shop.settlements).toHaveLength(1);
  });

  test("several flags of one application are told apart by name", async () => {
    const shop = openShop({ "new-checkout": onFor("ada") });
    const billing = openShop({ "new-checkout": onOff("on"), "search-ranking": hybrid });
    @Controller()
    class Both {
      @Inject(FlagsService) readonly flags!: FlagsService;
      @InjectFlagsService("billing") readonly billing!: FlagsService;

      @Get("both")
      async both(
        @FlagValue("new-checkout") mine: boolean,
        @FlagValue("new-checkout", { name: "billing" }) theirs: boolean,
      ) {
        await wait(1);
        const read = [this.flags.get("search-ranking"), this.billing.get("search-ranking")];
        return [mine, theirs, ...read];
      }

      @RequireFlag("new-checkout", { name: "billing" })
      @Get("billing")
      open() {
        return "inside";
      }

      @Get("failing-both")
      failing() {
        this.flags.get("new-checkout");
        this.billing.get("new-checkout");
        throw new TypeError("no total");
      }
    }
    const { url } = await serve(adapter, {
      imports: [
        FlagsModule.forRoot({ flags: shop.flags, context: byUser }),
        FlagsModule.forRoot({ flags: billing.flags, name: "billing" }),
      ],
      controllers: [Both],
    });
    expect(await fetch(`${url}/both`).then((response) => response.json())).toEqual([
      false,
      true,
      "bm25",
      "hybrid",
    ]);
    expect(await fetch(`${url}/billing`).then((response) => response.text())).toBe("inside");
    await fetch(`${url}/failing-both`);
    for (const { settled, settlements } of [shop, billing]) {
      await settled(3);
      expect(settlements.map(({ outcome }) => outcome.errorType)).toEqual([
        undefined,
        undefined,
        "TypeError",
      ]);
    }
  });

  test("middleware of a module sees them on Express; on Fastify it runs before them", async () => {
    const found: unknown[] = [];
    @Module({})
    class MiddlewareModule {
      configure(consumer: MiddlewareConsumer) {
        consumer
          .apply((_request: unknown, _response: unknown, next: () => void) => {
            found.push(currentScope() !== undefined);
            next();
          })
          .forRoutes(Users);
      }
    }
    const { flags } = openShop();
    const imports = [MiddlewareModule, FlagsModule.forRoot(flags)];
    const { url } = await serve(adapter, { imports, controllers: [Users] });
    await fetch(`${url}/user/1`);
    await fetch(`${url}/user/1`);
    expect(found).toEqual(Array(2).fill(platform === "Express"));
  });
});
