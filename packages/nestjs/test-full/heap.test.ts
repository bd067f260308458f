import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createFlags } from "@burgee/core";
import { FlagsModule, FlagValue, RequireFlag } from "@burgee/nestjs";
import { memoryStore } from "@burgee/stores/memory";
import { Controller, Get } from "@nestjs/common";
import { describe, expect, onTestFinished, test } from "vitest";
import { AuthGuard, byUser, definitions, onOff, platforms, serve } from "../test/shop.js";

setFlagsFromString("--expose-gc");
const gc: () => void = runInNewContext("gc");

@Controller()
class Shop {
  @RequireFlag("new-checkout")
  @Get("checkout")
  checkout(@FlagValue("page-size") size: number) {
    return { size };
  }

  @Get("fails")
  fails() {
    throw new Error("as it sometimes does");
  }
}

describe.each(platforms)("on %s", (_, adapter) => {
  test("100,000 requests leave the heap as it was", async () => {
    const source = memoryStore({ flags: { "new-checkout": onOff("on") } });
    const flags = createFlags(definitions, { source });
    onTestFinished(() => flags.close());
    let settled = 0;
    flags.observe({ settled: () => void settled++, problem: () => {} });
    const imports = [FlagsModule.forRoot({ flags, context: byUser, visitor: "visitor" })];
    const { url } = await serve(adapter, { imports, controllers: [Shop] }, (app) =>
      app.useGlobalGuards(new AuthGuard()),
    );

    let asked = 0;
    const askUpTo = async (count: number) => {
      while (asked < count) {
        const id = asked++;
        const path = id % 10 === 0 ? "fails" : "checkout";
        await (await fetch(`${url}/${path}`, { headers: { "x-user": `user-${id}` } })).text();
      }
    };
    const heapAfter = async (count: number) => {
      await Promise.all(Array.from({ length: 16 }, () => askUpTo(count)));
      for (let times = 0; times < 5; times++) {
        gc();
        await new Promise(setImmediate);
      }
      return process.memoryUsage().heapUsed;
    };

    const warm = await heapAfter(20_000);
    const after = await heapAfter(120_000);
    expect(settled).toBe(120_000);
    expect((after - warm) / 100_000).toBeLessThan(10); // bytes a request: a scope alone has hundreds
  }, 600_000);
});
