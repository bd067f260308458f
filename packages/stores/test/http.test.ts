import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { createFlags, defineFlags } from "@burgee/core";
import { type HttpSourceOptions, httpSource } from "@burgee/stores/http";
import { describe, expect, test, vi } from "vitest";
import { testSource } from "./contract.js";
import { listen } from "./events.js";
import { document, serve } from "./flag-server.js";
import { flagSetWith } from "./flag-set-with.js";

const on = flagSetWith("on");
const off = flagSetWith("off");
const quick = { interval: 30 } as const;
const never = { interval: "1h" } as const;

describe("a source", () => {
  testSource(async (flagSet) => {
    const server = await serve(document(flagSet));
    return {
      source: httpSource(server.url, quick),
      async change(changed) {
        server.handle = document(changed);
      },
    };
  });
});

test("asks nobody before the first subscriber, and nobody after the last", async () => {
  const server = await serve(document(on));
  const source = httpSource(server.url, quick);
  await source.refresh();
  expect(server.requests).toHaveLength(0);
  const told = listen(source);
  await told.until(() => told.verified > 1);
  told.stop();
  await vi.waitFor(() => expect(server.sockets).toBe(0));
  const asked = server.requests.length;
  await wait(100);
  expect(server.requests).toHaveLength(asked);
});

test("an interval longer than a timer can take is no flood", async () => {
  const server = await serve(document(on));
  const told = listen(httpSource(server.url, { interval: "365d", events: "/events" }));
  await told.until(() => told.revisions.length === 1);
  await wait(100);
  told.stop();
  const [documents, streams] = ["/flags.json", "/events"].map((at) => {
    return server.requests.filter(({ url }) => url === at).length;
  });
  expect([documents, streams]).toEqual([1, 1]);
});

test("what is unchanged is not sent again, and is verified", async () => {
  const server = await serve(document(on));
  const told = listen(httpSource(server.url, quick));
  await told.until(() => told.verified === 2);
  told.stop();
  expect(server.statuses.slice(0, 3)).toEqual([200, 304, 304]);
  expect(told.revisions).toHaveLength(1);
});

test("a packed document is unpacked, and counted unpacked", async () => {
  const server = await serve((_, response) => {
    response.setHeader("content-encoding", "gzip");
    response.end(gzipSync(`${JSON.stringify(on)}${" ".repeat(1_000_000)}`));
  });
  const told = listen(httpSource(server.url, never));
  await told.until(() => told.revisions.length === 1);
  told.stop();
  const bounded = listen(httpSource(server.url, { ...never, maxBytes: 100_000 }));
  await bounded.until(() => bounded.problems.length === 1);
  bounded.stop();
  expect(bounded.problems[0]?.message).toContain("more bytes than the 100000");
  await vi.waitFor(() => expect(server.sockets).toBe(0));
});

test("the platform's fetch, or any other, can ask", async () => {
  const server = await serve(document(on));
  const told = listen(httpSource(server.url, { ...quick, fetch }));
  await told.until(() => told.verified === 1);
  told.stop();
  expect(server.statuses.slice(0, 2)).toEqual([200, 304]);
});

test("without an ETag the same document is the same revision", async () => {
  const server = await serve((_, response) => response.end(JSON.stringify(on)));
  const told = listen(httpSource(server.url, quick));
  await told.until(() => told.verified === 2);
  told.stop();
  expect(told.revisions).toHaveLength(1);
  expect(server.requests[1]?.headers["if-none-match"]).toBeUndefined();
});

test("one who subscribes again is not sent what is held", async () => {
  const server = await serve(document(on));
  const source = httpSource(server.url, never);
  const first = listen(source);
  await first.until(() => first.revisions.length === 1);
  first.stop();
  const second = listen(source);
  expect(second.revisions).toMatchObject([{ verifiedAt: expect.any(Number) }]);
  await second.until(() => second.verified === 1);
  second.stop();
  expect(server.statuses).toEqual([200, 304]);
});

test("a document that is faulty is a problem, not an outage, and is not sent again", async () => {
  const server = await serve(document(off));
  const told = listen(httpSource(server.url, quick));
  await told.until(() => told.revisions.length === 1);
  server.handle = document('{"flags":[]}');
  await told.until(() => told.problems.length === 2);
  expect(told.problems).toMatchObject([{ code: "INVALID_FLAG_SET" }, { code: "INVALID_FLAG_SET" }]);
  expect(told.problems[0]?.message).toContain("/flags.json: /flags must be an object");
  expect(server.statuses.filter((status) => status === 200)).toHaveLength(2);
  server.handle = document(off);
  const { verified } = told;
  await told.until(() => told.verified > verified);
  told.stop();
  expect(told.revisions).toHaveLength(1);
});

test("a document is read no further than allowed, whether or not its length is told", async () => {
  let sent = 0;
  const server = await serve((_, response) => {
    const chunk = Buffer.alloc(50_000, " ");
    const send = () => {
      while (!response.destroyed && sent < 50_000_000 && response.write(chunk))
        sent += chunk.length;
    };
    response.on("drain", send);
    send();
  });
  const told = listen(httpSource(server.url, { ...never, maxBytes: 100_000 }));
  await told.until(() => told.problems.length === 1);
  told.stop();
  expect(told.problems[0]).toMatchObject({ code: "INVALID_FLAG_SET" });
  expect(told.problems[0]?.message).toContain("more bytes than the 100000 that are read");
  await vi.waitFor(() => expect(server.sockets).toBe(0));
  expect(sent).toBeLessThan(20_000_000);
});

test.each([
  ["an error", (response: ServerResponse) => response.writeHead(500).end(), /answered 500/],
  ["a 304 that was not asked for", (r: ServerResponse) => r.writeHead(304).end(), /answered 304/],
  ["a cut connection", (response: ServerResponse) => response.destroy(), /cannot be read: /],
  [
    "garbage that says it is packed",
    (response: ServerResponse) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end("garbage");
    },
    /cannot be read: incorrect header check/,
  ],
  [
    "half a document",
    (response: ServerResponse) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("{", () => response.destroy());
    },
    /cannot be read: /,
  ],
])("%s is an outage, and the last good revision stays", async (_name, answer, message) => {
  const server = await serve(document(on));
  const source = httpSource(server.url, { ...never, timeout: 500 });
  const told = listen(source);
  await told.until(() => told.revisions.length === 1);
  server.handle = (_, response) => answer(response);
  if (/304/.test(_name)) {
    const fresh = listen(httpSource(server.url, never));
    await fresh.until(() => fresh.problems.length === 1);
    fresh.stop();
    expect(fresh.problems[0]?.message).toMatch(message);
    return told.stop();
  }
  await source.refresh();
  expect(told.problems).toMatchObject([{ code: "SOURCE_UNAVAILABLE" }]);
  expect(told.problems[0]?.message).toMatch(message);
  const late = listen(source);
  expect(late.revisions).toMatchObject([{ flagSet: on, verifiedAt: expect.any(Number) }]);
  expect(late.problems).toEqual(told.problems);
  late.stop();
  told.stop();
});

test.each<[string, HttpSourceOptions]>([
  ["a server that never answers", {}],
  ["a fetch that cannot be stopped", { fetch: () => new Promise(() => {}) }],
  ["a token that never comes", { token: () => new Promise(() => {}) }],
])("%s holds up nothing for longer than the timeout", async (_, options) => {
  const server = await serve(() => {});
  const told = listen(httpSource(server.url, { ...never, timeout: 50, ...options }));
  await told.until(() => told.problems.length === 1);
  expect(told.problems[0]?.message).toMatch(/did not answer within 50 ms/);
  told.stop();
  await vi.waitFor(() => expect(server.sockets).toBe(0));
});

test("a refresh resolves when the last subscriber leaves, even if nothing else ends", async () => {
  const source = httpSource("http://127.0.0.1", { ...never, fetch: () => new Promise(() => {}) });
  const told = listen(source);
  const refreshed = source.refresh();
  told.stop();
  await refreshed;
  expect(told.problems).toEqual([]);
});

test("waits longer after each failure, whoever asks, and is back with the server", async () => {
  const server = await serve((_, response) => response.writeHead(503).end());
  const source = httpSource(server.url, { interval: 20 });
  const told = listen(source);
  const began = performance.now();
  await told.until(() => told.problems.length === 4);
  expect(performance.now() - began).toBeGreaterThan((20 + 40 + 80) / 2);
  await Promise.all(Array.from({ length: 100 }, () => source.refresh()));
  expect(server.requests).toHaveLength(4);
  server.handle = document(on);
  await told.until(() => told.revisions.length === 1);
  told.stop();
});

test.each([
  ["seconds", () => "3600"],
  ["a date", () => new Date(Date.now() + 3_600_000).toUTCString()],
])("leaves a server alone for the %s it asks for", async (_, retryAfter) => {
  const server = await serve((_, response) => {
    response.writeHead(429, { "retry-after": retryAfter() }).end();
  });
  const source = httpSource(server.url, { interval: 10 });
  const told = listen(source);
  await told.until(() => told.problems.length === 1);
  await source.refresh();
  await source.refresh(); // the one before may have been what was under way
  await wait(100);
  told.stop();
  expect(server.requests).toHaveLength(1);
});

test("a Retry-After that is garbage is none", async () => {
  const server = await serve((_, response) => {
    response.writeHead(503, { "retry-after": "soon" }).end();
  });
  const told = listen(httpSource(server.url, { interval: 10 }));
  await told.until(() => told.problems.length === 3);
  told.stop();
});

test("a refresh before the first revision waits for that, and asks no second time", async () => {
  const server = await serve(document(on));
  const source = httpSource(server.url, never);
  const told = listen(source);
  await source.refresh();
  told.stop();
  expect([told.revisions.length, server.requests.length]).toEqual([1, 1]);
});

test("refreshes asked for at once ask the server once more, after what is under way", async () => {
  const server = await serve(document(off));
  const source = httpSource(server.url, never);
  const told = listen(source);
  await told.until(() => told.revisions.length === 1);
  let answer = (): void => {};
  server.handle = (request, response) => {
    answer = () => document(off)(request, response);
  };
  const first = source.refresh();
  await server.asked();
  const others = Array.from({ length: 50 }, () => source.refresh());
  server.handle = document(on);
  answer();
  await first;
  expect(told.revisions).toHaveLength(1);
  await Promise.all(others);
  expect(told.revisions.at(-1)?.flagSet).toEqual(on);
  expect(server.requests).toHaveLength(3);
  told.stop();
});

describe("credentials", () => {
  test("are sent with every request, each time anew", async () => {
    const server = await serve(document(on));
    let tokens = 0;
    const headers = { "x-tenant": "shop" };
    const told = listen(httpSource(server.url, { ...quick, headers, token: () => `t${++tokens}` }));
    await told.until(() => told.verified === 1);
    told.stop();
    const sent = server.requests.map(({ headers }) => [headers.authorization, headers["x-tenant"]]);
    expect(sent.slice(0, 2)).toEqual([
      ["Bearer t1", "shop"],
      ["Bearer t2", "shop"],
    ]);
  });

  test("follow a redirect within the origin, not to another one", async () => {
    const other = await serve(document(on));
    let location = "/elsewhere";
    const server = await serve((request, response) => {
      if (request.url === "/elsewhere") return document(off)(request, response);
      response.writeHead(302, { location }).end();
    });
    const source = httpSource(server.url, { ...never, token: "secret" });
    const told = listen(source);
    await told.until(() => told.revisions.length === 1);
    expect(server.requests[1]?.headers.authorization).toBe("Bearer secret");
    location = other.url;
    await source.refresh();
    told.stop();
    expect(told.problems[0]?.message).toContain(`redirects to ${new URL(other.url).origin}, which`);
    expect(other.requests).toHaveLength(0);
  });

  test("none: a redirect to another origin is followed", async () => {
    const other = await serve(document(on));
    const server = await serve((_, response) => {
      response.writeHead(302, { location: other.url }).end();
    });
    const told = listen(httpSource(server.url, never));
    await told.until(() => told.revisions.length === 1);
    told.stop();
  });

  test("are in no problem, nor is the query", async () => {
    const server = await serve((_, response) => response.destroy());
    const source = httpSource(`${server.url}?key=secret`, { ...never, token: () => "sec\nret" });
    const told = listen(source);
    await told.until(() => told.problems.length === 1);
    told.stop();
    expect(told.problems[0]?.message).toContain("its headers cannot be sent");
    expect(told.problems[0]?.message).not.toMatch(/sec\s*ret/);
    expect(() => httpSource(server.url, { token: "sec\nret" })).toThrow(
      /^httpSource needs a token that can be sent\./,
    );
  });
});

test.each([
  ["to itself", "/flags.json", /redirects more than 5 times/],
  ["to garbage", "http://[", /redirects to what is no URL/],
])("a redirect %s is a problem", async (_, location, message) => {
  const server = await serve((_, response) => {
    response.writeHead(302, { location }).end();
  });
  const told = listen(httpSource(server.url, never));
  await told.until(() => told.problems.length === 1);
  told.stop();
  expect(told.problems[0]?.message).toMatch(message);
  expect(server.requests.length).toBeLessThanOrEqual(6);
});

test.each<[string, string, HttpSourceOptions]>([
  ["a URL", "flags.json", {}],
  ["a URL of http or https", "file:///flags.json", {}],
  ["without a name and password", "http://ada:secret@127.0.0.1/", {}],
  ["a time for interval", "http://127.0.0.1/", { interval: 0 }],
  ["a time for timeout", "http://127.0.0.1/", { timeout: Number.NaN }],
  ["a number of bytes for maxBytes", "http://127.0.0.1/", { maxBytes: -1 }],
  ["the document's origin for events", "http://127.0.0.1/", { events: "http://localhost/" }],
  ["headers that can be sent", "http://127.0.0.1/", { headers: { "x y": "" } }],
])("needs %s", (needed, url, options) => {
  expect(() => httpSource(url, options)).toThrow(needed);
  expect(() => httpSource(url, options)).toThrow(/INVALID_OPTIONS/);
  expect(() => httpSource(url, options)).not.toThrow(/secret/);
});

describe("an event stream", () => {
  /** Serves a document at a path and its event stream at another. */
  async function serveWithEvents(link?: string) {
    const streams = new Set<ServerResponse>();
    let current = off;
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      if (request.url !== "/events") {
        if (link !== undefined) response.setHeader("link", link);
        return document(current)(request, response);
      }
      response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
      response.write(": hello\n\n");
      streams.add(response);
      response.on("close", () => streams.delete(response));
    };
    const server = await serve(answer);
    return {
      server,
      streams,
      change(flagSet: typeof off) {
        current = flagSet;
      },
      send(text: string) {
        for (const stream of streams) stream.write(text);
      },
    };
  }

  const offer = '</other>; rel="next", </events>; rel="alternate"; type="text/event-stream"';

  test.each<[string, string | undefined, HttpSourceOptions]>([
    ["that the document's header offers", offer, {}],
    ["that an option names", undefined, { events: "/events" }],
  ])("%s tells a change at once", async (_, link, options) => {
    const { server, streams, change, send } = await serveWithEvents(link);
    const told = listen(httpSource(server.url, { ...never, token: "secret", ...options }));
    await told.until(() => told.verified === 1); // once the stream is open
    change(on);
    const sent = performance.now();
    send("event: changed\ndata: 2\n\n");
    await told.until(() => told.revisions.length === 2);
    expect(performance.now() - sent).toBeLessThan(500);
    const stream = server.requests.find(({ url }) => url === "/events");
    expect(stream?.headers).toMatchObject({
      accept: "text/event-stream",
      authorization: "Bearer secret",
    });
    told.stop();
    await vi.waitFor(() => expect([streams.size, server.sockets]).toEqual([0, 0]));
  });

  test.each<[string, string, HttpSourceOptions]>([
    [
      "of another origin",
      '<http://localhost:1/events>; rel="alternate"; type="text/event-stream"',
      {},
    ],
    ["that is not wanted", offer, { events: false }],
    ["of another kind", '</events>; rel="alternate"; type="text/html"', {}],
  ])("%s is not opened", async (_, link, options) => {
    const { server } = await serveWithEvents(link);
    const told = listen(httpSource(server.url, { ...quick, ...options }));
    await told.until(() => told.verified === 2);
    told.stop();
    expect(server.requests.every(({ url }) => url === "/flags.json")).toBe(true);
  });

  test("with a flood of events does not make a flood of requests", async () => {
    const { server, send } = await serveWithEvents(offer);
    const told = listen(httpSource(server.url, never));
    await told.until(() => told.verified === 1);
    const before = server.requests.length;
    for (const ends = performance.now() + 250; performance.now() < ends; await wait(2)) {
      send("data: x\n\n".repeat(1000));
    }
    told.stop();
    expect(server.requests.length - before).toBeGreaterThan(0);
    expect(server.requests.length - before).toBeLessThanOrEqual(4);
  });

  test("that ends is opened anew, and what was missed is read", async () => {
    const { server, streams, change } = await serveWithEvents(offer);
    const told = listen(httpSource(server.url, { interval: 200 }));
    await told.until(() => streams.size === 1);
    change(on);
    for (const stream of streams) stream.destroy();
    await told.until(() => told.revisions.length === 2);
    await vi.waitFor(() => expect(streams.size).toBe(1));
    told.stop();
    expect(told.problems).toEqual([]);
    expect(server.statuses).not.toContain(500);
  });

  test("that is open may say nothing for longer than an answer may take", async () => {
    const server = await serve((request, response) => {
      if (request.url !== "/events") return document(on)(request, response);
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    });
    const options = { ...never, timeout: 100, events: "/events" };
    const told = listen(httpSource(server.url, options));
    await told.until(() => told.verified === 1);
    await wait(250);
    expect(server.sockets).toBe(1);
    told.stop();
  });

  test("that is silent for long is taken for dead", async () => {
    const { server, streams } = await serveWithEvents(offer);
    const told = listen(httpSource(server.url, { interval: 50 }));
    await vi.waitFor(() => {
      expect(server.requests.filter(({ url }) => url === "/events").length).toBeGreaterThan(1);
    });
    told.stop();
    await vi.waitFor(() => expect(streams.size).toBe(0));
  });

  test("that cannot be had is no problem: the document is read all the same", async () => {
    const server = await serve((request, response) => {
      if (request.url === "/events") return response.writeHead(404).end();
      response.setHeader("link", offer);
      document(on)(request, response);
    });
    const told = listen(httpSource(server.url, quick));
    await told.until(() => told.verified === 3);
    told.stop();
    expect(told.problems).toEqual([]);
  });
});

test("started without its server, flags serve defaults, and what it says once it is there", async () => {
  const gone = await serve(document(on));
  await gone.close();
  const definitions = defineFlags({ "new-checkout": { default: false } });
  const flags = createFlags(definitions, { source: httpSource(gone.url, quick) });
  const problems: string[] = [];
  const changed = new Promise<void>((resolve) => {
    flags.observe({ problem: ({ code }) => problems.push(code), changed: () => resolve() });
  });
  expect(await flags.ready({ timeout: 100 })).toBe(false);
  expect(flags.scope({}).get("new-checkout")).toBe(false);
  expect(problems).toContain("SOURCE_UNAVAILABLE");
  const server = await serve(document(on), gone.port);
  await changed;
  expect(flags.scope({}).get("new-checkout")).toBe(true);
  expect(flags.health.status).toBe("ready");
  flags.close();
  await vi.waitFor(() => expect(server.sockets).toBe(0));
});
