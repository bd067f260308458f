import type { Definitions, FlagScope } from "@burgee/core";
import { expect, test } from "vitest";
import { RequestRecord } from "../src/request-record.js";
import { shopFlags } from "./shop.js";

const scope = () => shopFlags().scope({}) as unknown as FlagScope<Definitions>;

test("whoever asks for a scope gets the one that was opened first", () => {
  const record = new RequestRecord();
  const first = record.scope("shop", scope);
  expect(record.scope("shop", scope)).toBe(first);
  expect(record.scope("other", scope)).not.toBe(first);
  expect(record.opened("shop")).toBe(first);
});

test("whoever asks while it is being opened waits for the same", async () => {
  const record = new RequestRecord();
  const opening = record.scope("shop", async () => scope());
  expect(record.opened("shop")).toBeUndefined();
  const other = record.scope("shop", scope);
  expect(await other).toBe(await opening);
  expect(record.opened("shop")).toBe(await opening);
});

test("an error counts against all that the request has read", () => {
  const flags = shopFlags();
  const outcomes: unknown[] = [];
  flags.observe({ settled: ({ outcome }) => outcomes.push(outcome.errorType) });
  const record = new RequestRecord();
  record.scope("shop", () => flags.scope({}) as unknown as FlagScope<Definitions>);
  record.scope("other", () => flags.scope({}) as unknown as FlagScope<Definitions>);
  record.fail(new RangeError("all of it"));
  record.settle();
  expect(outcomes).toEqual(["RangeError", "RangeError"]);
});
