import { flagMiddleware, requireFlag } from "@burgee/express";
import type { RequestHandler } from "express";
import { describe, expect, test } from "vitest";
import { onOff, openShop, type Shop, serve, versions } from "./shop.js";

describe.each(versions)("%s", (_version, express) => {
  const answer: RequestHandler = (_request, response) => void response.send("inside");

  async function behind(shop: Shop, guard: RequestHandler): Promise<Response> {
    const app = express();
    app.use(flagMiddleware(shop.flags));
    app.get("/", guard, answer);
    app.get("/", (_request, response) => void response.send("the next route"));
    return fetch(await serve(app), { redirect: "manual" });
  }

  const ranking = {
    state: "ENABLED",
    variants: { bm25: "bm25", hybrid: "hybrid" },
    defaultVariant: "hybrid",
  } as const;

  test("lets requests pass while the flag is on", async () => {
    const response = await behind(
      openShop({ "new-checkout": onOff("on") }),
      requireFlag("new-checkout"),
    );
    expect([response.status, await response.text()]).toEqual([200, "inside"]);
  });

  test("answers 404 while it is off", async () => {
    const response = await behind(
      openShop({ "new-checkout": onOff("off") }),
      requireFlag("new-checkout"),
    );
    expect([response.status, await response.text()]).toEqual([404, "Not Found"]);
  });

  test("answers otherwise with a status", async () => {
    const guard = requireFlag("new-checkout", { otherwise: 403 });
    expect((await behind(openShop(), guard)).status).toBe(403);
  });

  test("answers otherwise with a handler: a redirect, the next route", async () => {
    const away = requireFlag("new-checkout", {
      otherwise: (_request, response) => response.redirect("/old"),
    });
    expect((await behind(openShop(), away)).headers.get("location")).toBe("/old");
    const elsewhere = requireFlag("new-checkout", { otherwise: { redirect: "/new" } });
    const response = await behind(openShop(), elsewhere);
    expect([response.status, response.headers.get("location")]).toEqual([302, "/new"]);
    const next = requireFlag("new-checkout", {
      otherwise: (_request, _response, next) => next("route"),
    });
    expect(await (await behind(openShop(), next)).text()).toBe("the next route");
  });

  test("a handler that rejects reaches the error handlers", async () => {
    const guard = requireFlag("new-checkout", { otherwise: () => Promise.reject(new Error("no")) });
    expect((await behind(openShop(), guard)).status).toBe(500);
  });

  test.each([
    ["one that is served", "hybrid", 200],
    ["a list with it", ["bm25", "hybrid"], 200],
    ["another one", "bm25", 404],
  ] as const)("with `is`, the variants that pass are %s", async (_name, is, status) => {
    const shop = openShop({ "search-ranking": ranking });
    expect((await behind(shop, requireFlag("search-ranking", { is }))).status).toBe(status);
  });

  test("`is: off` lets requests pass while the flag is off", async () => {
    const shop = openShop({ "new-checkout": onOff("off") });
    expect((await behind(shop, requireFlag("new-checkout", { is: "off" }))).status).toBe(200);
  });

  test("a key that is not defined takes otherwise", async () => {
    const guard = requireFlag("no-such-flag" as "new-checkout");
    expect((await behind(openShop(), guard)).status).toBe(404);
  });

  test("before the first revision the default decides", async () => {
    const shop = openShop({ subscribe: () => () => {} });
    expect((await behind(shop, requireFlag("new-checkout"))).status).toBe(404);
  });

  test("its exposures are marked gated", async () => {
    const shop = openShop({ "new-checkout": onOff("off") });
    await behind(shop, requireFlag("new-checkout"));
    await shop.settled(1);
    expect(shop.settlements[0]?.exposures).toMatchObject([
      { flag: "new-checkout", variant: "off", gated: true },
    ]);
  });
});
