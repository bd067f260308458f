import { defineFlags } from "@burgee/core";
import { redisFleet } from "@burgee/monitor";
import { createClient } from "redis";
import { expect, onTestFinished, test } from "vitest";
import { startRedis } from "../../../stores/test/redis-server.js";
import { createUnitHash } from "../../src/guard/failed-units.js";
import { readPolicy } from "../../src/guard/policy.js";
import { createSharedTrial } from "../../src/guard/shared-trial.js";
import { createTally } from "../../src/guard/tally.js";
import { exposure } from "../outcomes.js";

const definitions = defineFlags({ "new-checkout": { default: false } });
const rules = readPolicy({ flag: "new-checkout", bucket: 50, window: "1h" }, definitions);

/** The trials of two instances, over one Redis. */
async function twoTrials() {
  const redis = await startRedis();
  onTestFinished(() => redis[Symbol.asyncDispose]());
  const client = createClient({ url: redis.url });
  await client.connect();
  onTestFinished(() => client.destroy());
  const trial = () => {
    const series = redisFleet({ client, key: "shop" }).series("a", 50, 60_000);
    return createSharedTrial(rules, "on", series);
  };
  return [trial(), trial()] as const;
}

test("what one instance finds out about a split holds for all, and for those who come later", async () => {
  const [one, other] = await twoTrials();
  const arrivals = { units: { on: 700, off: 300 }, expected: { on: 500, off: 500 }, pValue: 1e-9 };
  const tally = createTally(rules, "on", createUnitHash(), () => arrivals);
  tally.count(exposure("new-checkout", "on", "a"), false, undefined);
  let { evidence } = await one.share([tally.take()]);
  while (evidence.counts.treatment.exposures === 0) ({ evidence } = await one.share([]));
  expect(evidence).toMatchObject({ tested: false, hindrance: expect.stringContaining("split") });
  expect((await other.share([])).evidence).toEqual(evidence);
});
