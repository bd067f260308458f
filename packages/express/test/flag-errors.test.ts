import { flagErrors, flagMiddleware } from "@burgee/express";
import type { ErrorRequestHandler } from "express";
import { describe, expect, test } from "vitest";
import { openShop, serve, versions } from "./shop.js";

describe.each(versions)("%s", (_version, express) => {
  class NotFound extends Error {
    readonly status = 404;
  }

  test("passes the error on as it is, and leaves the status alone", async () => {
    const thrown = Object.assign(new Error("teapot"), { status: 418 });
    const passed: unknown[] = [];
    const app = express();
    app.use(flagMiddleware(openShop().flags));
    app.get("/", () => {
      throw thrown;
    });
    app.use(flagErrors());
    app.use(((error, _request, response, _next) => {
      passed.push(error, response.statusCode);
      response.sendStatus(error.status);
    }) satisfies ErrorRequestHandler);
    expect((await fetch(await serve(app))).status).toBe(418);
    expect(passed).toEqual([thrown, 200]);
  });

  test("an error counts even where the application answers it with less than 500", async () => {
    const shop = openShop();
    const app = express();
    app.use(flagMiddleware(shop.flags));
    app.get("/", () => {
      throw new RangeError("the cart was lost");
    });
    app.use(flagErrors());
    app.use(((_error, _request, response, _next) => {
      response.send("have another cart");
    }) satisfies ErrorRequestHandler);
    await fetch(await serve(app));
    await shop.settled(1);
    expect(shop.settlements[0]?.outcome).toMatchObject({
      status: "error",
      errorType: "RangeError",
    });
  });

  test("a client's malformed body is not counted against a variant", async () => {
    const shop = openShop();
    const app = express();
    app.use(flagMiddleware(shop.flags), express.json());
    app.use(flagErrors());
    const response = await fetch(await serve(app), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{",
    });
    await shop.settled(1);
    expect(response.status).toBe(400);
    expect(shop.settlements[0]?.outcome.status).toBe("ok");
  });

  test("an error of a request without flags is passed on, too", async () => {
    const app = express();
    app.get("/", () => {
      throw new NotFound("nothing here");
    });
    app.use(flagErrors());
    expect((await fetch(await serve(app))).status).toBe(404);
  });
});
