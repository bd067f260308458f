import { expect, test } from "vitest";
import { type Instance, startFleet } from "./guard/fleet.js";
import { allTold, expectOneTrip, expectPins } from "./guard/one-trip.js";

test("three processes trip once, and serve safe within a second of it", async (context) => {
  const fleet = await startFleet(0.25);
  await expectOneTrip(fleet, await fleet.join(3), context);
}, 60_000);

test("when the process that leads is killed, the others and its successor trip once, by what it knew, too, and serve safe within a second of it", async (context) => {
  const fleet = await startFleet(0.05);
  const [leader] = (await fleet.join(1)) as [Instance];
  await leader.told(({ judged }) => judged >= 60); // it leads: nobody else is there
  const others = await fleet.join(2);
  await leader.kill();
  const successors = await fleet.join(1);
  expect(leader.messages.map(({ what }) => what)).not.toContain("tripped");
  const trips = await expectOneTrip(fleet, [...others, ...successors], context);
  const served = trips.reduce((sum, { answers }) => sum + answers.on.count, 0);
  expect(Math.max(...trips.map(({ judged }) => judged))).toBeGreaterThan(served);
}, 60_000);

test("three processes whose Redis is stopped pin the safe variant, and trip once when it goes on: of both they serve safe within a second", async (context) => {
  const fleet = await startFleet(0.25);
  const shop = await fleet.join(3);
  await allTold(shop, ({ judged }) => judged > 0);
  fleet.redis.pause();
  await expectPins(shop, context);
  fleet.redis.resume();
  await expectOneTrip(fleet, shop, context);
}, 60_000);

test("a healthy variant does not trip three processes", async () => {
  const fleet = await startFleet(0.01);
  const shop = await fleet.join(3);
  await allTold(shop, ({ judged }) => judged >= 200);
  for (const { messages } of shop) {
    expect(messages.map(({ what }) => what)).not.toContain("tripped");
  }
  expect(await fleet.entries()).toHaveLength(1);
}, 60_000);
