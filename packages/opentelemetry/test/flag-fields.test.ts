import { Writable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { flagFields } from "@burgee/opentelemetry";
import { pino } from "pino";
import { expect, test } from "vitest";
import { createLogger, format, transports } from "winston";
import { inSpan, startSdk } from "./sdk.js";
import { openShop, openTracedShop } from "./shop.js";

/** A stream, and the log lines that were written to it. */
function sink() {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  return { lines, stream };
}

function pinoLogger() {
  const { lines, stream } = sink();
  const log = pino({ mixin: flagFields }, stream);
  return { lines, info: (line: string | object) => log.info(line) };
}

function winstonLogger() {
  const { lines, stream } = sink();
  const withFlags = format((line) => Object.assign(line, flagFields()));
  const log = createLogger({
    format: format.combine(withFlags(), format.json()),
    transports: [new transports.Stream({ stream })],
  });
  return { lines, info: (line: string | object) => log.info(line) };
}

const loggers = [
  ["pino", pinoLogger],
  ["winston", winstonLogger],
] as const;

test.each(loggers)("a line of %s has what its scope has read by then", async (_name, open) => {
  const { lines, info } = open();
  await openShop().run({}, async (scope) => {
    info("before");
    scope.get("late-fees");
    await turn();
    info("between");
    scope.get("search-ranking");
    info("after");
  });
  info("outside");
  const flags = lines.map((line) =>
    Object.fromEntries(Object.entries(line).filter(([name]) => name.startsWith("feature_flags"))),
  );
  const fees = { "feature_flags.late-fees": "on" };
  expect(flags).toEqual([{}, fees, { ...fees, "feature_flags.search-ranking": "hybrid" }, {}]);
});

test.each(loggers)("a line of %s keeps its own fields", async (_name, open) => {
  const { lines, info } = open();
  await openShop().run({}, (scope) => {
    scope.get("late-fees");
    info({ message: "paid", order: 7 });
  });
  expect(lines[0]).toMatchObject({ order: 7, "feature_flags.late-fees": "on" });
});

test("where the scope is lost, the fields are what the local root carries", async () => {
  startSdk();
  const scope = openTracedShop().scope({});
  await inSpan("GET /", async () => {
    await inSpan("middleware", () => scope.get("late-fees"));
    await inSpan("query", () => expect(flagFields()).toEqual({ "feature_flags.late-fees": "on" }));
  });
});

test("without a scope there are no fields, in an object of its own", () => {
  expect(flagFields()).toEqual({});
  expect(flagFields()).not.toBe(flagFields());
});
