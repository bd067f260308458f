import { expect, test } from "vitest";
import { startFleet } from "../test/guard/fleet.js";
import { allTold, expectOneTrip, expectPins } from "../test/guard/one-trip.js";

// More of what test/guard-fleet.test.ts has: a Redis that is killed (-9), and one that is gone for too
// short a time for anybody to pin.

test("three processes whose Redis is killed pin the safe variant, and trip once when it is back: of both they serve safe within a second", async (context) => {
  const fleet = await startFleet(0.25);
  const shop = await fleet.join(3);
  await allTold(shop, ({ judged }) => judged > 0);
  await fleet.redis.kill();
  await expectPins(shop, context);
  await fleet.redis.start();
  await expectOneTrip(fleet, shop, context);
});

test.for(["stopped", "killed"])(
  "three processes whose Redis is %s for a second trip once when it is back, and serve safe within a second of it",
  async (how, context) => {
    const fleet = await startFleet(0.25);
    const shop = await fleet.join(3);
    await allTold(shop, ({ judged }) => judged > 0);
    const gone = Date.now();
    if (how === "stopped") fleet.redis.pause();
    else await fleet.redis.kill();
    await allTold(shop, ({ at }) => at > gone + 1000);
    if (how === "stopped") fleet.redis.resume();
    else await fleet.redis.start();
    await expectOneTrip(fleet, shop, context);
    for (const { messages } of shop)
      expect(messages.map(({ what }) => what)).not.toContain("pinned");
  },
);
