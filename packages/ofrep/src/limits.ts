import { BurgeeError } from "@burgee/core";

/** How much a handler takes on. An address is what the option `address` tells clients apart by. */
export interface OfrepLimits {
  /** How many streams may be open; one more is answered with 503. `@default 20_000` */
  readonly streams?: number;
  /** How many of them may be one address's; one more is answered with 429. `@default 200` */
  readonly streamsPerAddress?: number;
  /** How many reports are looked at in a minute; the rest are let go by. `@default 6_000` */
  readonly reports?: number;
  /** How many of them may be one address's. `@default 300` */
  readonly reportsPerAddress?: number;
}

const DEFAULTS: Required<OfrepLimits> = {
  streams: 20_000,
  streamsPerAddress: 200,
  reports: 6_000,
  reportsPerAddress: 300,
};

/** @throws BurgeeError `INVALID_OPTIONS` for a limit that is none */
export function limitsOf(given: OfrepLimits = {}): Required<OfrepLimits> {
  const limits = { ...DEFAULTS, ...given };
  for (const [name, limit] of Object.entries(limits)) {
    if (limit >= 1) continue;
    throw new BurgeeError("INVALID_OPTIONS", `ofrepHandler cannot limit ${name} to ${limit}.`);
  }
  return limits;
}
