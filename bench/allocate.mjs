import assert from "node:assert/strict";
import { rulesetOf } from "./adapters/burgee.mjs";
import { burgee } from "./lib/adapters.mjs";
import { atMost } from "./lib/bounds.mjs";
import { flagdDocument } from "./lib/flagd-document.mjs";
import { heapGrowth } from "./lib/measure.mjs";
import { makeContexts, makeFlags } from "./lib/spec.mjs";
import { timed } from "./lib/verify.mjs";

export const title = "What does a read of a static flag allocate?";

const reads = 1_000_000;

export const figures = { bytes: "growth of the heap over 1,000,000 reads, bytes" };

export const isFor = (name) => name === burgee;

export async function measure() {
  const flags = makeFlags(1000);
  const ruleset = rulesetOf(flagdDocument(flags));
  const { key } = flags[timed.w1];
  const contexts = makeContexts(1000);
  const read = (context) => ruleset.evaluate(key, false, context);

  const details = read(contexts[0]);
  for (const context of contexts) assert.ok(read(context) === details, "always the same details");

  return { bytes: heapGrowth(() => read(contexts[0]), reads) };
}

/** @type {import("./lib/ask.mjs").Question["bounds"]} */
export function bounds(answers) {
  const name = "growth of the heap over 1,000,000 static reads";
  return [atMost(name, "bytes", answers[burgee]?.bytes, 4096)];
}
