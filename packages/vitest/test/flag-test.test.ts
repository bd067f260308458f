import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { flagMatrix, flagSecret, flagTest, overrideHeaders, withFlags } from "@burgee/vitest";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openShop } from "./shop.js";

const servers: ChildProcess[] = [];

/** Starts a shop in another process; its address. */
async function start(env: Readonly<Record<string, string>>): Promise<string> {
  const file = join(import.meta.dirname, "server.mjs");
  const server = spawn(process.execPath, [file], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  servers.push(server);
  const [port] = await once(server.stdout, "data");
  return `http://127.0.0.1:${Number(port)}`;
}

let shop: string;
let staging: string;
let strange: string;
let bare: string;

beforeAll(async () => {
  [shop, staging, strange, bare] = await Promise.all([
    start({ FLAG_SECRET: flagSecret() }),
    start({ FLAG_SECRET: flagSecret(), FLAG_ENVIRONMENT: "staging" }),
    start({ FLAG_SECRET: "another secret, of 32 characters or more" }),
    start({}),
  ]);
});

afterAll(() => {
  for (const server of servers) server.kill();
});

const refusedBy = async (url: string) => (await fetch(`${url}/refused`)).json();
const safe = { "new-checkout": "off", "search-ranking": "bm25", "delete-account": "off" };

flagTest("its options override flags in the test", { flags: { "new-checkout": "on" } }, () => {
  expect(openShop().scope({}).get("new-checkout")).toBe(true);
});

flagTest(
  "its fetch has another process serve them",
  { flags: { "search-ranking": "hybrid" } },
  async ({ fetch }) => {
    const answer = await fetch(shop, { headers: { accept: "application/json" } });
    expect(await answer.json()).toEqual({ ...safe, "search-ranking": "hybrid" });
  },
);

flagTest("its fetch signs what is overridden where it is called", async ({ fetch }) => {
  const answers = await Promise.all([
    fetch(shop),
    withFlags({ "search-ranking": "vector" }, () => fetch(new Request(shop))),
  ]);
  const [rules, vector] = await Promise.all(answers.map((answer) => answer.json()));
  expect([rules, vector]).toEqual([safe, { ...safe, "search-ranking": "vector" }]);
});

flagTest(
  "its agent is supertest's, and does the same",
  { flags: { "new-checkout": "on" } },
  async ({ agent }) => {
    const customer = await agent(request.agent(shop));
    await customer.get("/").expect(200, { ...safe, "new-checkout": "on" });
    await customer.get("/").expect(200, { ...safe, "new-checkout": "on" });
  },
);

flagTest(
  "a request that does not come from it is served by the rules",
  {
    flags: { "new-checkout": "on" },
  },
  async () => {
    expect(await (await fetch(shop)).json()).toEqual(safe);
  },
);

flagTest(
  "a header overrides no flag of kind permission: that one is left out, and counted",
  { flags: { "delete-account": "on", "new-checkout": "on" } },
  async ({ fetch }) => {
    const before = await refusedBy(shop);
    expect(await (await fetch(shop)).json()).toEqual({ ...safe, "new-checkout": "on" });
    expect((await refusedBy(shop)) - before).toBe(1);
  },
);

flagTest(
  "an application that has not been given the secret ignores the header, and counts it",
  { flags: { "new-checkout": "on" } },
  async ({ fetch }) => {
    expect(await (await fetch(strange)).json()).toEqual(safe);
    expect(await refusedBy(strange)).toBe(1);
  },
);

flagTest(
  "an application that has no secret at all does not look at the header",
  { flags: { "new-checkout": "on" } },
  async ({ fetch }) => {
    expect(await (await fetch(bare)).json()).toEqual(safe);
  },
);

describe("in another environment", () => {
  flagTest(
    "a header for production is refused",
    { flags: { "new-checkout": "on" } },
    async ({ fetch }) => {
      expect(await (await fetch(staging)).json()).toEqual(safe);
    },
  );

  flagTest.extend({ flagHeaders: { environment: "staging" } })(
    "one that is for it is taken",
    async ({ fetch }) => {
      const answer = await withFlags({ "new-checkout": "on" }, () => fetch(staging));
      expect(await answer.json()).toEqual({ ...safe, "new-checkout": "on" });
    },
  );
});

flagMatrix({ "search-ranking": ["hybrid", "vector"] })("in a matrix", (combination) => {
  flagTest("its fetch signs the combination", async ({ fetch }) => {
    expect(await (await fetch(shop)).json()).toEqual({ ...safe, ...combination });
  });
});

test("where nothing is overridden, no header is sent", async () => {
  expect(await overrideHeaders()).toEqual({});
  expect(await withFlags({}, () => overrideHeaders())).toEqual({});
});

describe("a test that runs out of time", () => {
  let late: Promise<unknown> | undefined;

  flagTest(
    "is over for what it has left behind, too",
    { flags: { "new-checkout": "on" }, timeout: 20, fails: true },
    async () => {
      const flags = openShop();
      const read = () => flags.scope({}).get("new-checkout");
      expect(read()).toBe(true);
      late = wait(60).then(() => withFlags({ "new-checkout": "on" }, read));
      await late;
    },
  );

  test("as the next one sees", async () => {
    expect(await late).toBe(false);
  });
});

describe("it is Vitest's test", () => {
  flagTest.for(["hybrid", "vector"] as const)(
    "for each of a list, with fixtures: %s",
    async (ranking, { fetch }) => {
      const answer = await withFlags({ "search-ranking": ranking }, () => fetch(shop));
      expect(await answer.json()).toEqual({ ...safe, "search-ranking": ranking });
    },
  );

  flagTest.each([[1], [2]])("each of a list: %i", (number) => {
    expect(number).toBeGreaterThan(0);
  });

  flagTest.extend<{ readonly page: string }>({
    page: async ({ fetch }, use) => use(await (await fetch(`${shop}/page`)).text()),
  })("with further fixtures", { timeout: 4000 }, ({ page }) => expect(page).toContain("bm25"));

  flagTest("one that is to fail", { flags: { "new-checkout": "on" }, fails: true }, () => {
    expect(openShop().scope({}).get("new-checkout")).toBe(false);
  });
  flagTest("with a timeout", () => {}, 4000);
});
