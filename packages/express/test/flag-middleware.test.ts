import { setImmediate as turn } from "node:timers/promises";
import { BurgeeError } from "@burgee/core";
import { currentScope } from "@burgee/core/ambient";
import { byVariant, flagErrors, flagMiddleware, requireFlag } from "@burgee/express";
import { memoryStore } from "@burgee/stores/memory";
import type { ErrorRequestHandler, Request, RequestHandler } from "express";
import { describe, expect, test } from "vitest";
import { onOff, openShop, serve, versions } from "./shop.js";

describe.each(versions)("%s", (_version, express) => {
  const byUser = { context: (request: Request) => ({ targetingKey: request.get("x-user") }) };

  const onForAda = onOff("off", { if: [{ "==": [{ var: "targetingKey" }, "ada"] }, "on"] });

  test("each request reads flags for its own context", async () => {
    const { flags } = openShop({ "new-checkout": onForAda });
    const app = express();
    app.use(flagMiddleware(flags, byUser));
    app.get("/", (request, response) => void response.json(request.flags.get("new-checkout")));
    const url = await serve(app);
    for (const [user, value] of [
      ["ada", true],
      ["bob", false],
      ["ada", true],
    ] as const) {
      const response = await fetch(url, { headers: { "x-user": user } });
      expect(await response.json()).toBe(value);
    }
  });

  test("without a context, requests are anonymous", async () => {
    const { flags } = openShop({ "new-checkout": onForAda });
    const app = express();
    app.use(flagMiddleware(flags));
    app.get("/", (request, response) => void response.json(request.flags.get("new-checkout")));
    expect(await (await fetch(await serve(app))).json()).toBe(false);
  });

  test("the context function runs at the first read, after authentication", async () => {
    const { flags } = openShop({ "new-checkout": onForAda });
    const app = express();
    app.use(
      flagMiddleware(flags, {
        context: (request) => ({ targetingKey: request.get("x-verified") }),
      }),
    );
    app.use((request, _response, next) => {
      request.headers["x-verified"] = "ada";
      next();
    });
    app.get("/", (request, response) => void response.json(request.flags.get("new-checkout")));
    expect(await (await fetch(await serve(app))).json()).toBe(true);
  });

  test("an async context function is awaited before the next handler", async () => {
    const { flags } = openShop({ "new-checkout": onForAda });
    const app = express();
    const context = async (request: Request) => {
      await turn();
      return { targetingKey: request.get("x-user") };
    };
    app.use(flagMiddleware(flags, { context }));
    app.get("/", (request, response) => void response.json(request.flags.get("new-checkout")));
    const response = await fetch(await serve(app), { headers: { "x-user": "ada" } });
    expect(await response.json()).toBe(true);
  });

  test("mounted twice, it opens one scope", async () => {
    const shop = openShop({ "new-checkout": onOff("on") });
    const scopes: unknown[] = [];
    const note: RequestHandler = (request, _response, next) => {
      scopes.push(request.flags, currentScope());
      next();
    };
    const app = express();
    app.use(flagMiddleware(shop.flags, byUser), note, flagMiddleware(shop.flags, byUser), note);
    await fetch(await serve(app));
    await shop.settled(1);
    expect(scopes).toHaveLength(4);
    expect(new Set(scopes).size).toBe(1);
  });

  test("the context survives a body parser that resumes the request elsewhere", async () => {
    const shop = openShop({ "new-checkout": onForAda });
    const app = express();
    app.use(flagMiddleware(shop.flags, byUser));
    app.use(express.json());
    app.post("/", (request, response) => {
      response.json({ value: currentScope()?.get("new-checkout"), got: request.body });
    });
    const url = await serve(app);
    for (let requests = 0; requests < 2; requests++) {
      const response = await fetch(url, {
        method: "POST",
        headers: { "x-user": "ada", "content-type": "application/json" },
        body: "[1]",
      });
      expect(await response.json()).toEqual({ value: true, got: [1] });
    }
  });

  test("guards find the scope where other middleware has lost it, and bring it back", async () => {
    const shop = openShop({ "new-checkout": onForAda });
    const waiting: (() => void)[] = [];
    const app = express();
    app.use(flagMiddleware(shop.flags, byUser));
    app.use((_request, _response, next) => {
      waiting.push(next);
      if (waiting.length === 2) for (const go of waiting.splice(0)) go(); // both go on in the second's
    });
    app.get("/required", requireFlag("new-checkout"), (request, response) => {
      response.json(currentScope() === request.flags);
    });
    app.get(
      "/chosen",
      byVariant("new-checkout", {
        on: (request, response) => void response.json(currentScope() === request.flags),
        off: (_request, response) => void response.json("off"),
      }),
    );
    const url = await serve(app);
    for (const path of ["/required", "/chosen"]) {
      const [ada, bob] = await Promise.all(
        ["ada", "bob"].map((user) => fetch(url + path, { headers: { "x-user": user } })),
      );
      expect(await ada?.json()).toBe(true);
      expect(path === "/required" ? bob?.status : await bob?.json()).toBe(
        path === "/required" ? 404 : "off",
      );
    }
  });

  test("garbage cookies and headers never make a 500", async () => {
    const { flags } = openShop({ "new-checkout": onForAda });
    const app = express();
    app.use(
      flagMiddleware(flags, {
        context: (request) => JSON.parse(decodeURIComponent(request.get("cookie") ?? "")),
      }),
    );
    app.get("/", (request, response) => void response.json(request.flags.get("new-checkout")));
    const url = await serve(app);
    const cookies = [
      "",
      "%",
      "%E0%A4%A",
      "null",
      "[]",
      "42",
      '"ada"',
      '{"targetingKey":{}}',
      '{"__proto__":1}',
    ];
    for (const cookie of [...cookies, "x".repeat(8000)]) {
      const response = await fetch(url, { headers: { cookie } });
      expect([cookie, response.status, await response.json()]).toEqual([cookie, 200, false]);
    }
    const response = await fetch(url, { headers: { cookie: '{"targetingKey":"ada"}' } });
    expect(await response.json()).toBe(true);
  });

  test("an observer that throws, rejects or never settles changes no value and no response", async () => {
    const shop = openShop({ "new-checkout": onOff("on") });
    const bad = [
      () => {
        throw new Error("an observer's");
      },
      () => Promise.reject(new Error("an observer's")),
      () => new Promise<never>(() => {}),
    ];
    for (const fail of bad) {
      shop.flags.observe({ exposure: fail, settled: fail, changed: fail, problem: fail });
    }
    const app = express();
    app.use(flagMiddleware(shop.flags, byUser));
    app.get("/", (request, response) => void response.json(request.flags.get("new-checkout")));
    const response = await fetch(await serve(app));
    expect([response.status, await response.json()]).toEqual([200, true]);
    await shop.settled(1);
  });

  test("a key that is not defined reads as undefined, and says so", async () => {
    const { flags } = openShop();
    const app = express();
    app.use(flagMiddleware(flags, byUser));
    app.get("/", (request, response) => {
      const key = "no-such-flag" as "new-checkout";
      const { reason, errorCode } = request.flags.details(key);
      response.json([request.flags.get(key) === undefined, reason, errorCode]);
    });
    const response = await fetch(await serve(app));
    expect(await response.json()).toEqual([true, "ERROR", "FLAG_NOT_FOUND"]);
  });

  test("a problem is told once per revision, however many requests meet it", async () => {
    const store = memoryStore({ flags: { "new-checkout": onOff("on", { fly: [] }) } });
    const { flags } = openShop(store);
    const problems: BurgeeError[] = [];
    flags.observe({
      problem: (problem) => void (problem.code === "PARSE_ERROR" && problems.push(problem)),
    });
    const app = express();
    app.use(flagMiddleware(flags, byUser));
    app.get("/", (request, response) => void response.json(request.flags.get("new-checkout")));
    const url = await serve(app);
    for (let requests = 0; requests < 3; requests++) await (await fetch(url)).json();
    expect(problems.map(({ flag }) => flag)).toEqual(["new-checkout"]);
    await store.commit({
      expected: (await store.read()).id,
      flags: { put: { "new-checkout": onOff("off", { fly: [] }) } },
      actor: "ada",
      reason: "a test",
      kind: "manual",
    });
    for (let requests = 0; requests < 3; requests++) await (await fetch(url)).json();
    expect(problems).toHaveLength(2);
  });

  test("a guard without the middleware names what to mount", async () => {
    const errors: unknown[] = [];
    const app = express();
    app.get("/required", requireFlag("new-checkout"));
    app.get("/chosen", byVariant("new-checkout", { on: () => {}, off: () => {} }));
    app.use(flagErrors());
    app.use(((error, _request, response, _next) => {
      errors.push(error);
      response.sendStatus(500);
    }) satisfies ErrorRequestHandler);
    const url = await serve(app);
    await fetch(`${url}/required`);
    await fetch(`${url}/chosen`);
    for (const error of errors) {
      expect(error).toBeInstanceOf(BurgeeError);
      expect(error).toMatchObject({
        code: "NO_SCOPE",
        remedy: expect.stringContaining("flagMiddleware"),
      });
    }
    expect(String(errors[0])).toContain('requireFlag("new-checkout")');
    expect(String(errors[1])).toContain('byVariant("new-checkout")');
  });
});
