import type { FlagSource, RevisionSink } from "@burgee/core";
import { type ReadinessOptions, readiness } from "@burgee/express";
import { memoryStore } from "@burgee/stores/memory";
import { describe, expect, test } from "vitest";
import { onOff, openShop, serve, versions } from "./shop.js";

describe.each(versions)("%s", (_version, express) => {
  async function open(source: FlagSource, options?: ReadinessOptions) {
    const { flags } = openShop(source);
    const app = express();
    app.get("/ready", readiness(flags, options));
    const url = await serve(app);
    const ask = async () => {
      const response = await fetch(`${url}/ready`);
      expect(response.headers.get("cache-control")).toBe("no-store");
      return [response.status, await response.json()] as const;
    };
    return { flags, ask };
  }

  /** A source that says what the test has it say. */
  function told(): FlagSource & { readonly sink: RevisionSink } {
    const source = {
      sink: undefined as unknown as RevisionSink,
      subscribe(sink: RevisionSink) {
        source.sink = sink;
        return () => {};
      },
    };
    return source;
  }

  test("it is ready from the first question on where a revision comes", async () => {
    const { ask } = await open(memoryStore({ flags: { "new-checkout": onOff("on") } }));
    expect(await ask()).toEqual([
      200,
      { status: "ready", revision: "1", age: expect.any(Number), defaults: 0, pins: 0 },
    ]);
  });

  test("it is not while the first revision is waited for", async () => {
    const source = told();
    const { ask } = await open(source);
    expect(await ask()).toMatchObject([503, { status: "starting" }]);
    source.sink.next({ id: "7", flagSet: { flags: {} } });
    expect(await ask()).toMatchObject([200, { status: "ready", revision: "7" }]);
  });

  test("it is once that takes too long: the defaults serve, and a dead store stops no deploy", async () => {
    const { ask } = await open(told(), { timeout: 1 });
    expect(await ask()).toMatchObject([200, { status: "starting", defaults: 3 }]);
  });

  test("it stays ready in an outage, says so, and names neither flags nor places", async () => {
    const source = told();
    const { flags, ask } = await open(source);
    flags.scope({});
    source.sink.next({ id: "7", flagSet: { flags: {} } });
    source.sink.problem(new Error("cannot reach redis://10.0.0.1 for new-checkout"));
    flags.pin("new-checkout", "off", { until: Date.now() + 1000, reason: "a test" });
    const [status, body] = await ask();
    expect([status, body]).toEqual([
      200,
      {
        status: "stale",
        revision: "7",
        age: expect.any(Number),
        outage: { since: expect.any(Number), code: "SOURCE_UNAVAILABLE" },
        defaults: 0,
        pins: 1,
      },
    ]);
  });

  test("it is not once the flags are closed", async () => {
    const { flags, ask } = await open(memoryStore());
    await ask();
    flags.close();
    expect(await ask()).toMatchObject([503, { status: "closed" }]);
  });
});
