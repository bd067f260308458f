import { parseFlagSet } from "@burgee/core";
import { expect, test } from "vitest";
import * as burgee from "../adapters/burgee.mjs";
import * as closures from "../adapters/limit-closures.mjs";
import * as keyed from "../adapters/limit-keyed.mjs";
import { flagdDocument } from "../lib/flagd-document.mjs";
import { makeContexts, makeFlags } from "../lib/spec.mjs";
import { verify } from "../lib/verify.mjs";

const flags = makeFlags(1000);
const contexts = makeContexts(1000);

const adapters = { burgee, closures, keyed };

test.each(Object.entries(adapters))("%s answers as the spec says", async (_, adapter) => {
  await verify(await adapter.load(adapter.prepare(flags), flags), flags, contexts);
});

test("a system that answers otherwise is refused", async () => {
  const loaded = await keyed.load(keyed.prepare(flags));
  const wrong = { ...loaded, value: () => "v9" };
  await expect(verify(wrong, flags, contexts)).rejects.toThrow("flag-w1-00400 of");
});

test("the spec as a flag document has no issues", () => {
  const { ok, issues } = parseFlagSet(JSON.parse(flagdDocument(flags)));
  expect({ ok, issues }).toEqual({ ok: true, issues: [] });
});
