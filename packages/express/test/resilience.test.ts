import { Agent, request as send } from "node:http";
import { text } from "node:stream/consumers";
import { setImmediate as turn } from "node:timers/promises";
import type { EvaluationContext, FlagsOptions } from "@burgee/core";
import { currentScope } from "@burgee/core/ambient";
import { signOverrides } from "@burgee/core/signed";
import { type FlagMiddlewareOptions, flagMiddleware } from "@burgee/express";
import { memoryStore } from "@burgee/stores/memory";
import type { Request, RequestHandler } from "express";
import { describe, expect, onTestFinished, test } from "vitest";
import { onOff, openShop, serve, versions } from "./shop.js";

const secret = "a secret of more than 32 characters";
const environment = "staging";

const onFor = (attribute: string, value: string | number) =>
  onOff("off", { if: [{ "==": [{ var: attribute }, value] }, "on"] });

const onForAda = onFor("targetingKey", "ada");

const byUser = (request: Request) => ({ targetingKey: request.get("x-user") });

const answer: RequestHandler = (request, response) =>
  void response.json(request.flags.get("new-checkout"));

describe.each(versions)("%s", (_version, express) => {
  async function open(
    options: FlagMiddlewareOptions,
    flag = onForAda,
    flagsOptions: Partial<FlagsOptions> = {},
    ...before: RequestHandler[]
  ) {
    const shop = openShop({ "new-checkout": flag }, flagsOptions);
    const app = express();
    app.use(flagMiddleware(shop.flags, options), ...before);
    app.all("/", answer);
    const url = await serve(app);
    const read = async (init?: RequestInit) => {
      const response = await fetch(url, init);
      return [response.status, await response.json()];
    };
    return { ...shop, url, read };
  }

  test("a context function that never settles delays a request by its deadline and no longer", async () => {
    const { read } = await open({ context: async () => new Promise<EvaluationContext>(() => {}) });
    const started = performance.now();
    expect(await read()).toEqual([200, false]);
    const delay = performance.now() - started;
    expect(delay).toBeGreaterThan(240);
    expect(delay).toBeLessThan(1000);
  });

  test.each<[string, () => EvaluationContext]>([
    [
      "throws",
      () => {
        throw new Error("who are you?");
      },
    ],
    ["gives no object", () => "ada" as never],
    [
      "gives an object that throws",
      () =>
        new Proxy(
          {},
          {
            get() {
              throw new Error("no");
            },
            ownKeys() {
              throw new Error("no");
            },
          },
        ),
    ],
  ])(
    "a context function that %s makes no error of a read: the default serves",
    async (_, context) => {
      expect(await (await open({ context })).read()).toEqual([200, false]);
      const identify: RequestHandler = (request, _response, next) => {
        request.flags.identify(context as never);
        next();
      };
      expect(await (await open({}, onForAda, {}, identify)).read()).toEqual([200, false]);
    },
  );

  test.each(["garbage", "%", "{}", '{"new-checkout":"on"}', "a.b", "x".repeat(8000)])(
    "a garbage override cookie changes nothing, with a secret and without: %.20s",
    async (garbage) => {
      const headers = { cookie: `burgee-overrides=${garbage}`, "x-user": "ada" };
      const [signed, unsigned] = await Promise.all([
        open({ context: byUser }, onForAda, { secret, environment }),
        open({ context: byUser }),
      ]);
      expect(await signed.read({ headers })).toEqual([200, true]);
      expect(await unsigned.read({ headers })).toEqual([200, true]);
      expect(signed.flags.health.refusedOverrides).toBe(1);
    },
  );

  test("a signed override is served, and marked", async () => {
    const { read, settled, settlements } = await open({}, onForAda, { secret, environment });
    const token = await signOverrides({ "new-checkout": "on" }, { secret, environment });
    expect(await read({ headers: { cookie: `a=b; burgee-overrides=${token}` } })).toEqual([
      200,
      true,
    ]);
    await settled(1);
    expect(settlements[0]?.exposures[0]?.details.overridden).toBe(true);
  });

  test("a visitor keeps a variant over a login", async () => {
    const split = {
      fractional: [{ var: "visitorId" }, ["on", 50], ["off", 50]],
    };
    const { url } = await open({ visitor: "visitor", context: byUser }, onOff("off", split), {
      secret,
      environment,
    });
    const values = new Set<boolean>();
    for (let visitors = 0; visitors < 20; visitors++) {
      const first = await fetch(url);
      const [cookie = ""] = first.headers.getSetCookie()[0]?.split(";") ?? [];
      const again = await fetch(url, { headers: { cookie, "x-user": "ada" } });
      const value = await first.json();
      expect([await again.json(), again.headers.getSetCookie()]).toEqual([value, []]);
      values.add(value);
    }
    expect(values.size).toBe(2);
  });

  test("names that no cookie can have are found when the middleware is made", () => {
    const { flags } = openShop();
    expect(() => flagMiddleware(flags, { visitor: "a b" })).toThrow(/INVALID_OPTIONS/);
    expect(() => flagMiddleware(flags, { overrides: { header: "\n" } })).toThrow(/INVALID_OPTIONS/);
  });

  test("a BigInt in the context is a number to rules", async () => {
    const { read } = await open({ context: () => ({ account: 42n }) }, onFor("account", 42));
    expect(await read()).toEqual([200, true]);
  });

  test("a POST whose body parser resumes outside of the scope keeps its user", async () => {
    const waiting: (() => void)[] = [];
    const elsewhere: RequestHandler = (request, _response, next) => {
      request.resume().on("end", () => waiting.push(next));
      if (request.get("x-user") === "bob") request.on("end", () => setImmediate(goOn));
    };
    const goOn = () => {
      for (const next of waiting.splice(0)) next(); // all in the scope of one
    };
    const { read } = await open({ context: byUser }, onForAda, {}, elsewhere);
    const post = (user: string) =>
      read({ method: "POST", headers: { "x-user": user }, body: "x".repeat(100_000) });
    const ada = post("ada");
    await new Promise<void>((resolve) => {
      const look = () => (waiting.length > 0 ? resolve() : setImmediate(look));
      look();
    });
    expect(await Promise.all([ada, post("bob")])).toEqual([
      [200, true],
      [200, false],
    ]);
  });

  test("mounted again, it brings back the scope that other middleware has lost", async () => {
    const shop = openShop({ "new-checkout": onForAda });
    const app = express();
    const middleware = flagMiddleware(shop.flags, { context: byUser });
    app.use(middleware, (_request, _response, next) => leaveScope(next), middleware);
    app.get("/", (request, response) => {
      response.json(currentScope() === request.flags);
    });
    expect(await (await fetch(await serve(app))).json()).toBe(true);
  });

  test("two reads in one request see one revision", async () => {
    const store = memoryStore({ flags: { "new-checkout": onOff("off") } });
    const shop = openShop(store);
    const app = express();
    app.use(flagMiddleware(shop.flags));
    app.get("/", async (request, response) => {
      const before = currentScope()?.get("new-checkout");
      await store.commit({
        expected: (await store.read()).id,
        flags: { put: { "new-checkout": onOff("on") } },
        actor: "ada",
        reason: "a test",
        kind: "release",
      });
      response.json([
        before,
        request.flags.get("new-checkout"),
        shop.flags.scope({}).get("new-checkout"),
      ]);
    });
    await shop.flags.ready();
    expect(await (await fetch(await serve(app))).json()).toEqual([false, false, true]);
  });

  test("200 requests of as many users on 20 keep-alive connections mix nothing", async () => {
    const half = {
      fractional: [
        ["on", 50],
        ["off", 50],
      ],
    };
    const shop = openShop({ "new-checkout": onOff("off", half) });
    const app = express();
    app.use(flagMiddleware(shop.flags, { context: byUser }), express.json());
    const wait = async () => {
      for (let turns = Math.floor(5 * Math.random()); turns > 0; turns--) await turn();
    };
    const connections = new Set<unknown>();
    app.post("/", async (request, response) => {
      connections.add(request.socket);
      await wait();
      const first = currentScope()?.details("new-checkout");
      await wait();
      const again = request.flags.details("new-checkout");
      response.json({
        same: first === again && currentScope() === request.flags,
        body: request.body.user,
        unit: first?.split?.unit,
      });
    });
    const url = await serve(app);
    const agent = new Agent({ keepAlive: true, maxSockets: 20 });
    onTestFinished(() => agent.destroy());
    const post = (user: string) =>
      new Promise<unknown>((resolve, reject) => {
        const headers = { "x-user": user, "content-type": "application/json" };
        const request = send(url, { method: "POST", agent, headers }, (response) => {
          resolve(text(response).then(JSON.parse));
        });
        request.on("error", reject).end(JSON.stringify({ user }));
      });
    const users = Array.from({ length: 200 }, (_, index) => `user-${index}`);
    expect(await Promise.all(users.map(post))).toEqual(
      users.map((user) => ({ same: true, body: user, unit: user })),
    );
    expect(connections.size).toBe(20);
    await shop.settled(200);
    const units = shop.settlements.map(({ exposures }) =>
      exposures.map(({ details }) => details.split?.unit),
    );
    expect(units.flat().sort()).toEqual([...users].sort());
  });
});

/** Goes on outside of every scope, as a callback of a queue made at start does. */
const leaveScope = (() => {
  const channel = new MessageChannel();
  const waiting: (() => void)[] = [];
  channel.port1.onmessage = () => waiting.shift()?.();
  (channel.port1 as unknown as { unref(): void }).unref();
  return (next: () => void) => {
    waiting.push(next);
    channel.port2.postMessage(0);
  };
})();
