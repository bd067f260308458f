import { Agent, request as send } from "node:http";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createFlags } from "@burgee/core";
import { flagErrors, flagMiddleware, requireFlag } from "@burgee/express";
import { memoryStore } from "@burgee/stores/memory";
import type { ErrorRequestHandler, Request } from "express";
import { describe, expect, onTestFinished, test } from "vitest";
import { definitions, onOff, serve, versions } from "../test/shop.js";

setFlagsFromString("--expose-gc");
const gc: () => void = runInNewContext("gc");

const secret = "a secret of more than 32 characters";

/** The bytes in use once everything that can be collected is. */
async function heapUsed(): Promise<number> {
  for (let times = 0; times < 5; times++) {
    gc();
    await new Promise(setImmediate);
  }
  return process.memoryUsage().heapUsed;
}

describe.each(versions)("%s", (_version, express) => {
  test("100,000 requests on keep-alive connections leave the heap as it was", async () => {
    const source = memoryStore({ flags: { "new-checkout": onOff("on") } });
    const flags = createFlags(definitions, { source, secret });
    onTestFinished(() => flags.close());
    let settled = 0;
    flags.observe({ settled: () => void settled++, problem: () => {} });
    const app = express();
    const context = (request: Request) => ({ targetingKey: request.get("x-user") });
    app.use(flagMiddleware(flags, { context, visitor: "visitor" }));
    app.get("/checkout", requireFlag("new-checkout"), (request, response) => {
      response.json(request.flags.get("page-size"));
    });
    app.get("/fails", () => {
      throw new Error("as it sometimes does");
    });
    app.use(flagErrors(), ((_error, _request, response, _next) => {
      response.sendStatus(500);
    }) satisfies ErrorRequestHandler);
    const url = await serve(app);
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    onTestFinished(() => agent.destroy());

    const ask = (id: number) =>
      new Promise<void>((resolve, reject) => {
        const headers = { "x-user": `user-${id}`, cookie: `burgee-overrides=garbage-${id}` };
        send(`${url}/${id % 10 === 0 ? "fails" : "checkout"}`, { agent, headers }, (response) => {
          response.resume().on("end", resolve);
        })
          .on("error", reject)
          .end();
      });
    let asked = 0;
    const askUpTo = async (count: number) => {
      while (asked < count) await ask(asked++);
    };
    const rounds = async (count: number) => {
      await Promise.all(Array.from({ length: 16 }, () => askUpTo(count)));
      return heapUsed();
    };

    const warm = await rounds(20_000);
    const after = await rounds(120_000);
    expect(settled).toBe(120_000);
    expect((after - warm) / 100_000).toBeLessThan(10); // bytes a request: a scope alone has hundreds
  }, 600_000);
});
