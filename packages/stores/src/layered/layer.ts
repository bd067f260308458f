import {
  BurgeeError,
  createRuleset,
  type FlagSource,
  flagSetFrom,
  isOutage,
  type Revision,
  type RevisionDelta,
  type Ruleset,
} from "@burgee/core";

/** How a layer is: a plain snapshot. */
export interface LayerHealth {
  /** The name it was given, or its number from 1. */
  readonly name: string;
  /** `starting` before its first revision, `ready` with one, `stale` while its source is out. */
  readonly status: "starting" | "ready" | "stale";
  /** The id of the revision it holds; undefined before the first. */
  readonly revision: string | undefined;
  /** How long ago that was known to be its newest, in milliseconds; undefined before the first. */
  readonly age: number | undefined;
  /** What its source said last, if it is out or its document faulty. */
  readonly problem?: BurgeeError;
}

/** What one source brings to the whole. */
export interface Layer {
  readonly health: LayerHealth;
  /** What it holds; the last known, while its source is out. */
  readonly ruleset: Ruleset | undefined;
  /** The id of that. */
  readonly revision: string | undefined;
  /** Whether its source has said anything since the start. */
  readonly heard: boolean;
  /** When it was last known to be the newest, in milliseconds since the epoch, if it is in doubt. */
  readonly doubtfulSince: number | undefined;
  start(): void;
  stop(): void;
  /** Has a problem of one's own finding. */
  fail(error: unknown): void;
  /** The source's own, if it has one. */
  readonly refresh: FlagSource["refresh"];
}

/** Who puts the layers together. */
export interface LayerEvents {
  /** @param delta what was changed, unless the layer is another altogether */
  changed(delta: RevisionDelta | undefined): void;
  /** It is in doubt no longer, or began to be. */
  doubted(): void;
  problem(problem: BurgeeError): void;
}

export function createLayer(name: string, source: FlagSource, events: LayerEvents): Layer {
  let ruleset: Ruleset | undefined;
  let revision: string | undefined;
  let verifiedAt: number | undefined;
  let doubted = true;
  let out = false;
  let problem: BurgeeError | undefined;
  let heard = false;
  let unsubscribe = (): void => {};

  function verify(at?: number): void {
    heard = true;
    verifiedAt = at ?? Date.now();
    doubted = at !== undefined;
    if (doubted) return;
    out = false;
    problem = undefined;
  }

  function statusNow(): LayerHealth["status"] {
    if (out) return "stale";
    return ruleset === undefined ? "starting" : "ready";
  }

  function fail(error: unknown): void {
    const first = !heard;
    heard = true;
    problem = problemOf(name, error);
    if (isOutage(problem)) out = true;
    doubted = out;
    if (first || out) events.doubted();
    events.problem(problem);
  }

  const sink = {
    next(next: Revision): void {
      let delta: RevisionDelta | undefined;
      try {
        delta = next.delta?.from === revision ? next.delta : undefined;
        ruleset =
          delta && ruleset
            ? ruleset.apply(delta)
            : createRuleset(flagSetFrom(next.flagSet, `Revision ${next.id}`));
      } catch (error) {
        return fail(error);
      }
      revision = next.id;
      verify(next.verifiedAt);
      events.changed(delta);
    },
    current(): void {
      if (ruleset === undefined) return;
      verify();
      events.doubted();
    },
    problem: fail,
  };

  return {
    get health() {
      return {
        name,
        status: statusNow(),
        revision,
        age: verifiedAt === undefined ? undefined : Math.max(0, Date.now() - verifiedAt),
        ...(problem && { problem }),
      };
    },
    get ruleset() {
      return ruleset;
    },
    get revision() {
      return revision;
    },
    get heard() {
      return heard;
    },
    get doubtfulSince() {
      return doubted ? (verifiedAt ?? Number.NEGATIVE_INFINITY) : undefined;
    },
    start() {
      try {
        unsubscribe = source.subscribe(sink);
      } catch (error) {
        fail(error);
      }
    },
    stop() {
      unsubscribe();
      unsubscribe = () => {};
      heard = false;
      doubted = true;
    },
    fail,
    refresh: source.refresh && (async () => source.refresh?.()),
  };
}

/** A problem, of the layer it is of. */
function problemOf(name: string, error: unknown): BurgeeError {
  const code = error instanceof BurgeeError ? error.code : "SOURCE_UNAVAILABLE";
  const text = error instanceof Error ? error.message : String(error);
  const [what = text] = text.split(` [${code}] `);
  return new BurgeeError(code, `Layer ${name}: ${what}`, { cause: error });
}
