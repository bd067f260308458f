import type { FlagPayload } from "@burgee/ofrep/client";

/** A payload, or nothing if it does not come. */
export type Arrival = Promise<FlagPayload | undefined>;

/** Whether this is a page, and no server that renders one. */
export const inBrowser = typeof document !== "undefined";

/** How long a browser waits for a payload, in milliseconds. */
const DEADLINE = 5000;

/** By the promise itself: a render that waits is begun again, and must then find the same one. */
const arrivals = new WeakMap<Promise<FlagPayload>, Arrival>();

/**
 * What comes of a promised payload: it never rejects, and in a browser it always settles. On a server
 * there is no deadline: what is rendered there must be what the browser begins with.
 */
export function arrivalOf(initial: Promise<FlagPayload>): Arrival {
  let arrival = arrivals.get(initial);
  if (arrival === undefined) {
    arrival = new Promise((resolve) => {
      const nothing = () => resolve(undefined);
      initial.then(resolve, nothing);
      if (inBrowser) setTimeout(nothing, DEADLINE);
    });
    arrivals.set(initial, arrival);
  }
  return arrival;
}

/** Whether it is a promise of any making, such as React's own. */
export function isPromise<Value>(value: Value | Promise<Value>): value is Promise<Value> {
  return "then" in Object(value);
}
