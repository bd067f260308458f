import { createAlarm } from "./alarm.js";
import type { Definition } from "./define.js";
import { BurgeeError } from "./errors.js";

/** For how long a flag may be pinned, in milliseconds: a pin is renewed for as long as it is needed. */
const LONGEST_PIN = 600_000;

/** Until when a flag is pinned, and why. */
export interface PinOptions {
  /** The end: a date, or milliseconds since the epoch; at most ten minutes ahead. */
  readonly until: Date | number;
  /** Why, for those who look at `flags.health`. */
  readonly reason: string;
}

/** A flag that serves its safe variant in this process, for a while. */
export interface Pin {
  /** The flag's key. */
  readonly flag: string;
  readonly variant: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly reason: string;
}

/** The pins of one Flags. */
export interface Pins {
  /** Those held now, by flag key; undefined while there are none. A new map with every change. */
  readonly held: ReadonlyMap<string, Pin> | undefined;
  /**
   * Pins a flag to its safe variant. A pin it has already is replaced.
   *
   * @returns the undo, which leaves a later pin alone
   * @throws BurgeeError `INVALID_PIN`
   */
  add(flag: string, variant: string, options: PinOptions): () => void;
  /** Announces no more ends. */
  stop(): void;
}

/** @param changed told the keys of flags whose pin was set, replaced or removed, or is over */
export function createPins(
  definitions: ReadonlyMap<string, Definition>,
  now: () => number,
  changed: (keys: readonly string[]) => void,
): Pins {
  let held: ReadonlyMap<string, Pin> | undefined;
  const alarm = createAlarm(now, removeOver);

  function hold(pins: readonly Pin[], keys: readonly string[]): void {
    held = pins.length === 0 ? undefined : new Map(pins.map((pin) => [pin.flag, pin]));
    alarm.set(held && Math.min(...pins.map(({ until }) => until)));
    changed(keys);
  }

  function remove(over: (pin: Pin) => boolean): void {
    const pins = [...(held?.values() ?? [])];
    const keys = pins.filter(over).map(({ flag }) => flag);
    if (keys.length > 0)
      hold(
        pins.filter((pin) => !over(pin)),
        keys,
      );
  }

  function removeOver(): void {
    const moment = now();
    remove(({ until }) => until <= moment);
  }

  return {
    get held() {
      return held;
    },
    add(flag, variant, { until, reason }) {
      const pin = { flag, variant, until: Number(until), reason };
      checkPin(pin, definitions.get(flag), now());
      hold([...new Map(held).set(flag, pin).values()], [flag]);
      return () => remove((other) => other === pin);
    },
    stop: () => alarm.stop(),
  };
}

function checkPin(
  { flag, variant, until, reason }: Pin,
  definition: Definition | undefined,
  now: number,
): void {
  const fault = (what: string): never => {
    throw new BurgeeError("INVALID_PIN", `Flag ${JSON.stringify(flag)} ${what}.`, { flag });
  };
  if (definition === undefined) return fault("cannot be pinned: it is not defined in code");
  if (variant !== definition.default) {
    const [safe, given] = [definition.default, variant].map((name) => JSON.stringify(name));
    fault(`can only be pinned to its default ${safe}, not to ${given}`);
  }
  if (!(until > now && until <= now + LONGEST_PIN)) {
    fault(`must be pinned until a moment within the next ${LONGEST_PIN / 60_000} minutes`);
  }
  if (typeof reason !== "string" || reason === "") fault("cannot be pinned without a reason");
}
