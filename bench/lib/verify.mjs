import assert from "node:assert/strict";
import { expected, missing } from "./spec.mjs";

/** The flags that are timed, of each kind: see makeFlags. */
export const timed = { w1: 400, w2: 401, w3: 402, w4: 403 };

/**
 * Whether a system gives the right answers: nobody is timed who does not.
 *
 * @param {import("./adapters.mjs").Loaded} loaded
 * @param {import("./spec.mjs").Flag[]} flags
 * @param {import("./spec.mjs").Context[]} contexts
 */
export async function verify(loaded, flags, contexts) {
  const own = contexts.map((context) => loaded.context(context));
  const read = async (index, context) => loaded.value(await loaded.evaluate(index, own[context]));

  const ruled = [timed.w1, timed.w2, timed.w4, 0, 1, 3, flags.length - 1, flags.length - 3];
  for (const index of ruled.filter((index) => flags[index].rollout === undefined)) {
    for (const [number, context] of contexts.entries()) {
      const of = `${flags[index].key} of ${JSON.stringify(context)}`;
      assert.equal(await read(index, number), expected(flags[index], context), of);
    }
  }

  for (const index of [timed.w3, 2, 502]) {
    const { key } = flags[index];
    let on = 0;
    for (const number of contexts.keys()) {
      const value = await read(index, number);
      assert.equal(typeof value, "boolean", `${key} is a boolean`);
      assert.equal(await read(index, number), value, `${key} is sticky`);
      if (value) on++;
    }
    const share = on / contexts.length;
    assert.ok(Math.abs(share - 0.25) < 0.055, `${key} is on for a quarter, not for ${share}`);
  }

  const nothing = loaded.value(await loaded.evaluate(-1, own[0]));
  assert.equal(nothing, false, `${missing} gives the default`);

  for (const number of [0, 7, 13]) {
    const all = new Map(loaded.values(await loaded.evaluateAll(own[number])));
    assert.equal(all.size, flags.length, "a bulk has every flag");
    for (const [index, flag] of flags.entries()) {
      const right = expected(flag, contexts[number]) ?? (await read(index, number));
      assert.equal(all.get(flag.key), right, `${flag.key} in bulk`);
    }
  }
}
