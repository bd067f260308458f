import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { createFlags, defineFlags } from "@burgee/core";
import { currentScope } from "@burgee/core/ambient";
import { flagMiddleware } from "@burgee/express";
import { memoryStore } from "@burgee/stores/memory";
import { flagTest } from "@burgee/vitest";
import express from "express";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const definitions = defineFlags({
  "new-checkout": { default: false },
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid", "vector"] },
});

/** One for all tests of the file, as applications have it. */
const flags = createFlags(definitions, {
  source: memoryStore(),
  secret: process.env["FLAG_SECRET"],
});
flags.observe({ problem() {} }); // none of them is in the store

const app = express();
app.use(flagMiddleware(flags));
app.get("/", async (_request, response) => {
  const before = currentScope()?.get("search-ranking");
  await wait(2);
  response.json([before, currentScope()?.get("search-ranking")]);
});
const server = app.listen(0, "127.0.0.1");
let url: string;

beforeAll(async () => {
  if (!server.listening) await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  flags.close();
});

/** How many tests have run at a time. */
let running = 0;
let most = 0;

describe("none sees another's overrides", () => {
  const variants = ["bm25", "hybrid", "vector"] as const;
  for (let index = 0; index < 50; index++) {
    const ranking = variants[index % 3] as (typeof variants)[number];
    const checkout = index % 2 === 0 ? "on" : "off";
    flagTest(
      `test ${index}: ${ranking}, ${checkout}`,
      { concurrent: true, flags: { "search-ranking": ranking, "new-checkout": checkout } },
      async ({ fetch, expect }) => {
        running++;
        most = Math.max(most, running);
        const seen = new Set<unknown>();
        const look = () => {
          const scope = flags.scope({});
          seen.add(`${scope.get("search-ranking")} ${scope.get("new-checkout")}`);
        };
        look();
        for await (const _ of Readable.from([1, 2, 3])) {
          await turn();
          look();
        }
        await flags.run({}, async () => {
          await wait(index % 7);
          look();
        });
        await new Promise<void>((resolve) => {
          setTimeout(() => resolve(look()), index % 5);
        });
        const answers = await Promise.all([fetch(url), fetch(url)]);
        const served = await Promise.all(answers.map((answer) => answer.json()));
        const { body } = await request(app).get("/");
        look();
        expect([...seen]).toEqual([`${ranking} ${checkout === "on"}`]);
        expect([...served, body]).toEqual(Array(3).fill([ranking, ranking]));
        running--;
      },
    );
  }
});

test("they did run in parallel, and have left nothing behind", () => {
  expect(most).toBe(50);
  expect(running).toBe(0);
  expect(flags.scope({}).get("search-ranking")).toBe("bm25");
});
