import { EventEmitter, once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { Outcome, Settlement } from "@burgee/core";
import { FlagsModule, RequireFlag } from "@burgee/nestjs";
import {
  type ArgumentsHost,
  BadGatewayException,
  Body,
  Catch,
  Controller,
  type ExceptionFilter,
  ForbiddenException,
  Get,
  Head,
  HttpCode,
  Inject,
  Injectable,
  type MiddlewareConsumer,
  Module,
  NotFoundException,
  Param,
  ParseIntPipe,
  Post,
  Redirect,
  RequestTimeoutException,
  Scope,
  Sse,
  StreamableFile,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from "@nestjs/common";
import { concat, delay, EMPTY, map, NEVER, Observable, of, throwError, timeout } from "rxjs";
import { describe, expect, test } from "vitest";
import { onOff, openShop, platforms, type Shop, serve } from "./shop.js";

/** What handlers say of how far they are. */
const started = new EventEmitter();

class PaymentDeclined extends Error {}

@Catch(PaymentDeclined)
class DeclinedFilter implements ExceptionFilter {
  catch(_error: PaymentDeclined, host: ArgumentsHost) {
    const response = host.switchToHttp().getResponse();
    response.status(404).send({ declined: true });
  }
}

@Catch(ForbiddenException)
class WorseFilter implements ExceptionFilter {
  catch(_error: ForbiddenException, host: ArgumentsHost) {
    host.switchToHttp().getResponse().status(500).send({});
  }
}

@Injectable({ scope: Scope.REQUEST })
class Broken {
  constructor() {
    throw new RangeError("not made");
  }
}

@RequireFlag("new-checkout")
@Controller()
class Endings {
  @Get("answer")
  answer() {
    return { order: 1 };
  }

  @Head("head")
  head() {}

  @HttpCode(204)
  @Get("empty")
  empty() {}

  @Redirect("/sentinel")
  @Get("redirect")
  redirect() {}

  @Get("not-found")
  notFound() {
    throw new NotFoundException();
  }

  @Get("bad-gateway")
  badGateway() {
    throw new BadGatewayException();
  }

  @Get("throw")
  throw() {
    throw new PaymentDeclined("card 4242");
  }

  @Get("rejection")
  async rejection() {
    throw new TypeError("no total");
  }

  @Get("no-error")
  noError() {
    throw "oh";
  }

  @Get("observable")
  observable() {
    return of(1).pipe(
      delay(1),
      map(() => "late"),
    );
  }

  @Get("failing-observable")
  failingObservable() {
    return throwError(() => new RangeError("no more"));
  }

  @UseFilters(DeclinedFilter)
  @Get("filtered")
  filtered() {
    throw new PaymentDeclined("card 4242");
  }

  @UseFilters(WorseFilter)
  @Get("filtered-worse")
  filteredWorse() {
    throw new ForbiddenException();
  }

  @UseGuards({ canActivate: () => false })
  @Get("denied")
  denied() {}

  @UseGuards({
    canActivate() {
      throw new TypeError("no session");
    },
  })
  @Get("broken-guard")
  brokenGuard() {}

  @Get("pipe/:id")
  pipe(@Param("id", ParseIntPipe) id: number) {
    return id;
  }

  @Get("broken-pipe/:id")
  brokenPipe(
    @Param("id", {
      transform() {
        throw new TypeError("no pipe");
      },
    })
    id: number,
  ) {
    return id;
  }

  @UseInterceptors({
    intercept() {
      throw new RangeError("intercepted");
    },
  })
  @Get("broken-interceptor")
  brokenInterceptor() {}

  @UseInterceptors({
    intercept: (_context, next) =>
      next
        .handle()
        .pipe(timeout({ first: 1, with: () => throwError(() => new RequestTimeoutException()) })),
  })
  @Get("timeout")
  timeout() {
    return NEVER;
  }

  @UseInterceptors({
    intercept(_context, next) {
      next.handle();
      return of("instead");
    },
  })
  @Get("never-run")
  neverRun() {
    throw new Error("nobody subscribes");
  }

  @Get("file")
  file() {
    return new StreamableFile(Readable.from([Buffer.from("a"), Buffer.from("b")]));
  }

  @Get("broken-file")
  brokenFile() {
    const file = new Readable({ read() {} });
    file.push("a");
    setImmediate(() => file.destroy(new RangeError("the disk is gone")));
    return new StreamableFile(file);
  }

  @Get("missing-file")
  missingFile() {
    const file = new Readable({
      read() {
        this.destroy(new RangeError("no such file"));
      },
    });
    return new StreamableFile(file);
  }

  @Get("never")
  never() {
    started.emit("never");
    return NEVER;
  }

  @Get("endless-file")
  endlessFile() {
    const file = new Readable({ read() {} });
    file.push("a");
    return new StreamableFile(file);
  }

  @Sse("endless-events")
  endlessEvents() {
    return new Observable((subscriber) => {
      subscriber.next({ data: "a" });
      return () => void started.emit("torn down");
    });
  }

  @Sse("events")
  events() {
    return of({ data: "a" }, { data: "b" });
  }

  @Sse("no-events")
  noEvents() {
    return EMPTY;
  }

  @Sse("broken-events")
  brokenEvents() {
    return concat(
      of({ data: "a" }),
      throwError(() => new RangeError("no more")),
    );
  }

  @Post("body")
  body(@Body() body: object) {
    return body;
  }
}

@RequireFlag("new-checkout")
@Controller("scoped")
class ScopedController {
  constructor(@Inject(Broken) _broken: Broken) {}

  @Get()
  get() {}
}

@Controller()
class PlainController {
  @Get("sentinel")
  sentinel() {
    return "here";
  }

  @Get("middleware")
  middleware() {}
}

@Module({})
class MiddlewareModule {
  configure(consumer: MiddlewareConsumer) {
    consumer
      .apply(() => {
        throw new RangeError("on the way");
      })
      .forRoutes("middleware");
  }
}

const ok = { status: "ok" } as const;
const error = (errorType: string) => ({ status: "error", errorType }) as const;

/** How a request may end, the status it is answered with, and the outcome its scope settles with. */
const endings: readonly [string, string, number, Partial<Outcome>][] = [
  ["an answer", "/answer", 200, ok],
  ["an answer to HEAD", "HEAD /head", 200, ok],
  ["an empty answer", "/empty", 204, ok],
  ["a redirect", "/redirect", 302, ok],
  ["a late answer of an observable", "/observable", 200, ok],
  ["an HttpException of the client's", "/not-found", 404, ok],
  ["an HttpException of the server's", "/bad-gateway", 502, error("BadGatewayException")],
  ["a throw", "/throw", 500, error("PaymentDeclined")],
  ["a rejection", "/rejection", 500, error("TypeError")],
  ["something thrown that is no error", "/no-error", 500, error("_OTHER")],
  ["an observable that fails", "/failing-observable", 500, error("RangeError")],
  ["a domain error that a filter maps to 404", "/filtered", 404, ok],
  ["a client's error that a filter makes 500", "/filtered-worse", 500, error("ForbiddenException")],
  ["a guard's denial", "/denied", 403, ok],
  ["a guard that breaks", "/broken-guard", 500, error("500")],
  ["a pipe's failure", "/pipe/abc", 400, ok],
  ["a pipe that breaks", "/broken-pipe/1", 500, error("TypeError")],
  ["an interceptor that breaks", "/broken-interceptor", 500, error("RangeError")],
  ["a timeout", "/timeout", 408, ok],
  ["a handler whose result is replaced", "/never-run", 200, ok],
  ["a request-scoped class that cannot be made", "/scoped", 500, error("500")],
  ["a file", "/file", 200, ok],
  ["a stream of events that ends", "/events", 200, ok],
  ["a stream without events", "/no-events", 200, ok],
  ["no route", "/nowhere", 404, ok],
  ["a body", "POST /body", 201, ok],
];

/** Those that end before a guard has read a flag. */
const unread = ["a request-scoped class that cannot be made", "no route"];

describe.each(platforms)("on %s", (platform, adapter) => {
  async function open(
    options: { readonly workTimeout?: number } = {},
  ): Promise<{ shop: Shop; url: string }> {
    const shop = openShop({ "new-checkout": onOff("on") }, options);
    const { url } = await serve(adapter, {
      imports: [FlagsModule.forRoot(shop.flags), MiddlewareModule],
      controllers: [Endings, PlainController, ScopedController],
      providers: [Broken],
    });
    return { shop, url };
  }

  /** Whatever would settle a second time has had its turn when a later request has settled. */
  async function settledOnce({ shop, url }: { shop: Shop; url: string }): Promise<Settlement> {
    await shop.settled(1);
    await fetch(`${url}/sentinel`).then((answer) => answer.text());
    await shop.settled(2);
    expect(shop.settlements).toHaveLength(2);
    return shop.settlements[0] as Settlement;
  }

  test.each(endings)("%s settles once", async (name, target, status, outcome) => {
    const { shop, url } = await open();
    const [path = "", method = "GET"] = target.split(" ").reverse();
    const headers = { "content-type": "application/json" };
    const init = method === "POST" ? { method, headers, body: "{}" } : { method };
    for (const _time of [1, 2]) {
      const response = await fetch(url + path, { ...init, redirect: "manual" });
      expect(response.status).toBe(status);
      await response.text();
    }
    await shop.settled(2);
    await fetch(`${url}/sentinel`).then((answer) => answer.text());
    await shop.settled(3);
    expect(shop.settlements).toHaveLength(3);
    for (const settlement of shop.settlements.slice(0, 2)) {
      expect(settlement.outcome).toMatchObject(outcome);
      expect(settlement.exposures.map(({ flag }) => flag)).toEqual(
        unread.includes(name) ? [] : ["new-checkout"],
      );
    }
  });

  test.each([
    ["a file that breaks after the headers", "/broken-file"],
    ["a stream of events that breaks after the headers", "/broken-events"],
  ])("%s settles once, with its error", async (_name, path) => {
    const served = await open();
    await fetch(served.url + path)
      .then((response) => response.text())
      .catch(() => {});
    expect((await settledOnce(served)).outcome).toMatchObject(error("RangeError"));
  });

  test("a file that is missing is an error where the platform answers that it is", async () => {
    const served = await open();
    const { status } = await fetch(`${served.url}/missing-file`);
    const { outcome } = await settledOnce(served);
    expect([status, outcome]).toMatchObject(
      platform === "Express" ? [400, ok] : [500, error("RangeError")],
    );
  });

  test("a client that goes away before the answer settles once, as aborted", async () => {
    const served = await open();
    const request = get(`${served.url}/never`);
    request.on("error", () => {});
    await once(started, "never");
    request.destroy();
    expect((await settledOnce(served)).outcome.status).toBe("aborted");
  });

  test.each([["events"], ["file"]])(
    "a client that goes away in the middle of endless %s settles once, as aborted",
    async (path) => {
      const served = await open();
      const request = get(`${served.url}/endless-${path}`);
      request.on("error", () => {});
      const [response] = (await once(request, "response")) as [IncomingMessage];
      response.on("error", () => {});
      await once(response, "data");
      request.destroy();
      expect((await settledOnce(served)).outcome.status).toBe("aborted");
    },
  );

  test("a handler that hangs settles as a timeout, and once", async () => {
    const served = await open({ workTimeout: 100 });
    const request = get(`${served.url}/never`);
    request.on("error", () => {});
    const settlement = await settledOnce(served);
    expect(settlement.outcome).toMatchObject(error("timeout"));
    request.destroy();
  });

  test("the source of @Sse() is torn down when its client disconnects", async () => {
    const { url } = await open();
    const request = get(`${url}/endless-events`);
    request.on("error", () => {});
    const [response] = (await once(request, "response")) as [IncomingMessage];
    response.on("error", () => {});
    await once(response, "data");
    const torn = once(started, "torn down");
    request.destroy();
    await torn;
  });

  test("a body that cannot be parsed is the client's error, and reads no flag", async () => {
    const served = await open();
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${served.url}/body`, { method: "POST", headers, body: "{" });
    expect(response.status).toBe(400);
    await fetch(`${served.url}/sentinel`).then((answer) => answer.text());
    // Nest's body parser for Express comes before every module's middleware
    const count = platform === "Express" ? 1 : 2;
    await served.shop.settled(count);
    expect(served.shop.settlements).toHaveLength(count);
    for (const { outcome, exposures } of served.shop.settlements) {
      expect([outcome.status, exposures]).toEqual(["ok", []]);
    }
  });

  test("middleware that breaks settles at most once, without exposures", async () => {
    const served = await open();
    expect((await fetch(`${served.url}/middleware`)).status).toBe(500);
    await fetch(`${served.url}/sentinel`).then((answer) => answer.text());
    // on Fastify, Nest's middleware runs before any hook
    const outcomes = platform === "Express" ? [error("500"), ok] : [ok];
    await served.shop.settled(outcomes.length);
    expect(served.shop.settlements).toMatchObject(
      outcomes.map((outcome) => ({ outcome, exposures: [] })),
    );
  });
});
