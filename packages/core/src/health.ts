import type { Definition } from "./define.js";
import type { ErrorCode } from "./errors.js";
import type { Follower } from "./follow.js";
import { isOutdated } from "./outage.js";
import type { Pin } from "./pins.js";

/** How flags are served now: a plain snapshot, for a readiness handler or a page. */
export interface Health {
  /**
   * `starting` before the first revision, `ready` with one, `stale` while the source is out, `closed`
   * once nothing is followed any more.
   */
  readonly status: "starting" | "ready" | "stale" | "closed";
  /** The id of the revision held; undefined before the first. */
  readonly revision: string | undefined;
  /**
   * How long ago the source last said that it is the newest, in milliseconds; undefined before the
   * first. A source that only tells changes may be silent for long without being out.
   */
  readonly age: number | undefined;
  /** Why the status is `stale`, or still `starting`. */
  readonly outage?: HealthOutage;
  /** The keys of the flags that serve their default for want of a revision that is new enough. */
  readonly defaults: readonly string[];
  /** The pins in force. */
  readonly pins: readonly Pin[];
  /** How many overrides were sent and not taken since the start: unsigned, expired, of no flag. */
  readonly refusedOverrides: number;
}

/** An outage of the source. */
export interface HealthOutage {
  /** When it began, in milliseconds since the epoch. */
  readonly since: number;
  /** What the source said last. */
  readonly problem: { readonly code: ErrorCode; readonly message: string };
}

/** What the Flags know besides their source. */
interface HealthFacts {
  readonly pins: ReadonlyMap<string, Pin> | undefined;
  readonly refusedOverrides: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export function healthOf(
  definitions: ReadonlyMap<string, Definition>,
  follower: Follower,
  { pins, refusedOverrides, now }: HealthFacts,
): Health {
  const { held, verification } = follower;
  const { outage, age } = verification;
  return {
    status: statusOf(follower),
    revision: held?.revision,
    age,
    ...(outage && {
      outage: {
        since: outage.since,
        problem: { code: outage.problem.code, message: outage.problem.message },
      },
    }),
    defaults: [...definitions]
      .filter(([, definition]) => {
        return age === undefined || (outage !== undefined && isOutdated(definition, age));
      })
      .map(([key]) => key),
    pins: [...(pins?.values() ?? [])].filter(({ until }) => until > now),
    refusedOverrides,
  };
}

function statusOf({ stopped, held, verification }: Follower): Health["status"] {
  if (stopped) return "closed";
  if (held === undefined) return "starting";
  return verification.outage === undefined ? "ready" : "stale";
}
