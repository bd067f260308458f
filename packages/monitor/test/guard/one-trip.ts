import { readHold } from "@burgee/core";
import { expect, type TestContext } from "vitest";
import type { Fleet, Instance } from "./fleet.js";
import type { Told } from "./fleet-program.js";

/** The first message of each instance that is wanted. */
export function allTold(
  shop: readonly Instance[],
  wanted: (message: Told) => boolean,
): Promise<Told[]> {
  return Promise.all(shop.map(({ told }) => told(wanted)));
}

/**
 * When each of them answered with the treatment last, in milliseconds since a time: told two seconds
 * after it.
 */
export async function lastOnSince(
  shop: readonly Instance[],
  time: number,
): Promise<readonly number[]> {
  const later = await allTold(shop, ({ what, at }) => what === "serving" && at > time + 2000);
  return later.map(({ answers: { on } }) => on.last - time);
}

/** How many requests a second an instance has answered; it asks for 300, and a busy machine answers late. */
function rateOf({ messages }: Instance): number {
  const { at, answers } = messages.at(-1) as Told;
  const seconds = (at - answers.off.first) / 1000;
  return Math.round((answers.on.count + answers.off.count) / seconds);
}

/** There is one trip with one entry, and all serve safe within a second of it. */
export async function expectOneTrip(
  fleet: Fleet,
  shop: readonly Instance[],
  { annotate }: TestContext,
): Promise<readonly Told[]> {
  const trips = await allTold(shop, ({ what }) => what === "tripped");
  expect(trips.filter(({ wrote }) => wrote).length).toBeLessThanOrEqual(1);
  const entries = await fleet.entries();
  expect(entries.map(({ kind }) => kind)).toEqual(["seed", "guard"]);
  const { flagSet } = await fleet.store.read();
  expect(readHold(flagSet.flags["new-checkout"] as never)).toMatchObject({ held: "off" });

  const lastOn = await lastOnSince(shop, Date.parse(entries[1]?.time ?? ""));
  const rates = shop.map(rateOf);
  await annotate(`the last "on", in ms after the trip: ${lastOn}; requests a second: ${rates}`);
  expect(Math.max(...lastOn)).toBeLessThan(1000);
  expect(Math.min(...rates)).toBeGreaterThan(150);
  return trips;
}

/** Each has pinned the safe variant, and serves it within a second of that. */
export async function expectPins(shop: readonly Instance[], { annotate }: TestContext) {
  const pins = await allTold(shop, ({ what }) => what === "pinned");
  const since = shop.map((instance, index) => lastOnSince([instance], (pins[index] as Told).at));
  const lastOn = (await Promise.all(since)).flat();
  await annotate(`the last "on", in ms after the pin: ${lastOn}`);
  expect(Math.max(...lastOn)).toBeLessThan(1000);
}
