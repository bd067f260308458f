import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { createFlags } from "@burgee/core";
import { flagMiddleware } from "@burgee/express";
import { createMonitor } from "@burgee/monitor";
import { memoryStore } from "@burgee/stores/memory";
import express from "express";
import { compile } from "./adapters/limit-closures.mjs";
import { burgee } from "./lib/adapters.mjs";
import { atMost, times } from "./lib/bounds.mjs";
import { exchange } from "./lib/exchange.mjs";
import { flagdDocument } from "./lib/flagd-document.mjs";
import { paired } from "./lib/paired.mjs";
import { makeContexts, makeFlags } from "./lib/spec.mjs";
import { timed } from "./lib/verify.mjs";

export const title = "What do flags cost a request of Express 5, over one empty middleware?";

export const figures = {
  control: "the same again, µs",
  none: "no flag read, µs",
  five: "five read and settled, µs",
  byHand: "the same by hand, µs",
  core: "five read and settled, without Express, µs",
};

export const isFor = (name) => name === burgee;

const flags = makeFlags(1000);
const contexts = makeContexts(1000).map((context) => ({
  targetingKey: context.userId,
  ...context,
}));
const read = [timed.w1, timed.w1 + 4, timed.w2, timed.w3, timed.w4].map((index) => flags[index]);

let turn = 0;
function nextContext() {
  turn = turn === 999 ? 0 : turn + 1;
  return contexts[turn];
}

export async function measure() {
  const watched = createFlags(definitionsOf(flags), {
    source: memoryStore(JSON.parse(flagdDocument(flags))),
  });
  const monitor = createMonitor(watched);
  assert(await watched.ready(), "the flags are there");

  const middleware = () => flagMiddleware(watched, { context: nextContext });
  const five = appOf(middleware(), (request) => read.map(({ key }) => request.flags.get(key)));
  const { middleware: byHandMiddleware, read: readByHand } = byHand();
  const apps = {
    empty: appOf(emptyMiddleware(), () => []),
    same: appOf(emptyMiddleware(), () => []),
    none: appOf(middleware(), () => []),
    five,
    byHand: appOf(byHandMiddleware, readByHand),
  };
  const scopes = () => {
    const scope = watched.open(nextContext);
    for (const { key } of read) scope.get(key);
    scope.settle();
  };

  const before = countOf(monitor);
  assert.equal((await exchange(five)).statusCode, 204);
  assert.equal(countOf(monitor) - before, read.length, "each flag that was read is counted");

  const costs = await paired(
    Object.fromEntries(Object.entries(apps).map(([name, app]) => [name, () => exchange(app)])),
  );
  const alone = await paired({ nothing: nextContext, scopes });
  monitor.close();
  watched.close();
  const over = (name) => (costs[name] - costs.empty) / 1000;
  return {
    control: Math.abs(over("same")),
    none: over("none"),
    five: over("five"),
    byHand: over("byHand"),
    core: (alone.scopes - alone.nothing) / 1000,
  };
}

function appOf(middleware, handle) {
  const app = express();
  app.disable("x-powered-by");
  app.use(middleware);
  app.get("/", (request, response) => {
    handle(request);
    response.statusCode = 204;
    response.end();
  });
  return app;
}

function emptyMiddleware() {
  return (_request, _response, next) => next();
}

/** What an application would write: a storage, a listener, and a count for each variant and outcome. */
function byHand() {
  const storage = new AsyncLocalStorage();
  const closures = new Map(flags.map((flag) => [flag.key, compile(flag)]));
  const counts = new Map();
  function settle() {
    const outcome = this.statusCode >= 500 ? "error" : this.writableFinished ? "ok" : "aborted";
    for (const [key, variant] of this.req.reads) {
      const cell = `${key} ${variant} ${outcome}`;
      counts.set(cell, (counts.get(cell) ?? 0) + 1);
    }
  }
  return {
    middleware(request, response, next) {
      request.context = nextContext();
      request.reads = new Map();
      response.once("close", settle);
      storage.run(request, next);
    },
    read({ context, reads }) {
      for (const { key } of read) reads.set(key, closures.get(key)(context).variant);
    },
  };
}

function definitionsOf(/** @type {import("./lib/spec.mjs").Flag[]} */ all) {
  return Object.fromEntries(
    all.map(({ key, variants, default: value }) => [
      key,
      {
        default: String(value),
        variants: Object.fromEntries(variants.map((one) => [String(one), one])),
      },
    ]),
  );
}

function countOf(monitor) {
  return monitor.snapshot().cells.reduce((sum, { exposures }) => sum + exposures, 0);
}

/** @type {import("./lib/ask.mjs").Question["bounds"]} */
export function bounds(answers) {
  const ours = answers[burgee];
  return [
    atMost("Express: no flag read", "µs", ours?.none, 4),
    atMost("Express: five read and settled", "µs", ours?.five, 10),
    atMost("Express: 1.3 of the same by hand", "µs", ours?.five, times(1.3, ours?.byHand)),
    atMost("five read and settled, without Express", "µs", ours?.core, 2),
  ];
}
