import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { BurgeeError, createFlags, type Definitions, defineFlags } from "@burgee/core";
import { currentScope } from "@burgee/core/ambient";
import { flagMiddleware } from "@burgee/express";
import { memoryStore } from "@burgee/stores/memory";
import { type TestOverrides, withFlags } from "@burgee/vitest/with-flags";
import express from "express";
import request from "supertest";
import { expect, onTestFinished, test } from "vitest";
import { flagSet, openShop } from "./shop.js";

test("scopes that are opened in it serve its variants, and say that they are overridden", () => {
  const flags = openShop();
  withFlags({ "new-checkout": "on", "page-size": "large" }, () => {
    const scope = flags.scope({});
    expect(scope.details("new-checkout")).toMatchObject({
      value: true,
      variant: "on",
      overridden: true,
    });
    expect(scope.get("page-size")).toBe(50);
    expect(scope.details("search-ranking")).not.toHaveProperty("overridden");
  });
});

test("it returns what the work returns, and throws what it throws", async () => {
  expect(withFlags({}, () => 7)).toBe(7);
  expect(await withFlags({}, async () => 7)).toBe(7);
  const error = new RangeError("no");
  const fail = () => {
    throw error;
  };
  expect(() => withFlags({}, fail)).toThrow(error);
  await expect(withFlags({}, async () => fail())).rejects.toBe(error);
});

test("in an inner one the inner variants count more, and the outer ones stay", () => {
  const flags = openShop();
  const read = () => {
    const scope = flags.scope({});
    return [scope.get("new-checkout"), scope.get("search-ranking")];
  };
  withFlags({ "new-checkout": "on", "search-ranking": "hybrid" }, () => {
    withFlags({ "search-ranking": "vector" }, () => expect(read()).toEqual([true, "vector"]));
    expect(read()).toEqual([true, "hybrid"]);
  });
  expect(read()).toEqual([false, "bm25"]);
});

test("no override outlives its work, not even in what the work has left behind", async () => {
  const flags = openShop();
  let late: Promise<unknown> | undefined;
  await withFlags({ "new-checkout": "on" }, async () => {
    late = wait(5).then(() => flags.scope({}).get("new-checkout"));
    expect(flags.scope({}).get("new-checkout")).toBe(true);
  });
  expect(flags.scope({}).get("new-checkout")).toBe(false);
  expect(await late).toBe(false);
});

test("no override outlives work that has failed", async () => {
  const flags = openShop();
  const failing = withFlags({ "new-checkout": "on" }, () => Promise.reject(new Error("no")));
  await expect(failing).rejects.toThrow("no");
  expect(flags.scope({}).get("new-checkout")).toBe(false);
});

test("a scope that was opened in it keeps its one truth", () => {
  const flags = openShop();
  const scope = withFlags({ "new-checkout": "on" }, () => flags.scope({}));
  expect(scope.get("new-checkout")).toBe(true);
});

test("an application that is called in it serves its variants", async () => {
  const flags = openShop();
  const app = express();
  app.use(flagMiddleware(flags));
  app.get("/", async (_request, response) => {
    await wait(1);
    response.json(currentScope()?.get("search-ranking"));
  });
  const ask = async () => (await request(app).get("/")).body;
  const [hybrid, rules, vector] = await Promise.all([
    withFlags({ "search-ranking": "hybrid" }, ask),
    ask(),
    withFlags({ "search-ranking": "vector" }, ask),
  ]);
  expect([hybrid, rules, vector]).toEqual(["hybrid", "bm25", "vector"]);
});

test("a test may override a flag of kind permission: it is the program's own code", () => {
  const flags = openShop();
  withFlags({ "delete-account": "on" }, () => {
    expect(flags.scope({}).get("delete-account")).toBe(true);
  });
});

test("flags whose definitions were not written with defineFlags have variants all the same", () => {
  const written = { "new-checkout": { default: false } } as unknown as Definitions;
  const flags = createFlags(written, { source: memoryStore(flagSet) });
  onTestFinished(() => flags.close());
  const overrides = { "new-checkout": "on" } as const;
  expect(withFlags(overrides, () => flags.scope({}).get("new-checkout"))).toBe(true);
});

test.each<[string, Record<string, string>, RegExp]>([
  ["an unknown key", { "new-chekout": "on" }, /"new-chekout", which is not defined/],
  ["an unknown variant", { "new-checkout": "yes" }, /"new-checkout" with "yes"; it has on, off/],
  ["a name of a prototype", { constructor: "on" }, /"constructor", which is not defined/],
])("what it cannot override is said once its work has ended: %s", async (_, overrides, message) => {
  const flags = openShop();
  const work = () => flags.scope({}).get("new-checkout");
  const wrong = overrides as TestOverrides;
  for (const attempt of [
    () => withFlags(wrong, work),
    () => withFlags(wrong, async () => work()),
  ]) {
    const error = await Promise.resolve()
      .then(attempt)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BurgeeError);
    expect(error).toMatchObject({
      code: "UNKNOWN_OVERRIDE",
      message: expect.stringMatching(message),
    });
  }
});

test("what failed for want of an override that does not exist is its cause", () => {
  const flags = openShop();
  const error = new Error("expected true");
  const fail = () => {
    flags.scope({});
    throw error;
  };
  expect(() => withFlags({ "new-chekout": "on" } as TestOverrides, fail)).toThrow(
    expect.objectContaining({ code: "UNKNOWN_OVERRIDE", cause: error }),
  );
});

test("where several flags are opened, a key may be of any of them", () => {
  const shop = openShop();
  const others = createFlags(defineFlags({ "new-invoice": { default: false } }), {
    source: memoryStore(),
  });
  others.observe({ problem() {} });
  onTestFinished(() => others.close());
  withFlags({ "new-checkout": "on" }, () => {
    expect(others.scope({}).get("new-invoice")).toBe(false);
    expect(shop.scope({}).get("new-checkout")).toBe(true);
  });
});

test("a stream that is read in it, and its timers, are in it", async () => {
  const flags = openShop();
  const read = () => flags.scope({}).get("new-checkout");
  const seen: unknown[] = [];
  await withFlags({ "new-checkout": "on" }, async () => {
    for await (const _ of Readable.from(["a", "b"])) seen.push(read());
    await new Promise<void>((resolve) => {
      setTimeout(() => setImmediate(() => process.nextTick(() => resolve(void seen.push(read())))));
    });
    const server = createServer((_request, response) => void response.end(String(read())));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    seen.push(await (await fetch(`http://127.0.0.1:${port}`)).text());
    server.close();
  });
  expect(seen).toEqual([true, true, true, "true"]);
});
