import {
  BurgeeError,
  type Definitions,
  type FlagDefinition,
  type FlagKey,
  type FlagStore,
  type Observer,
  type PinOptions,
  type Settlement,
} from "@burgee/core";
import { createActions } from "./guard/actions.js";
import { countableOf } from "./guard/countable.js";
import type { GuardListener, GuardState } from "./guard/events.js";
import type { Fleet } from "./guard/fleet.js";
import { followFlag } from "./guard/follow-flag.js";
import { createInquiries } from "./guard/inquiries.js";
import { type GuardPolicy, readPolicy } from "./guard/policy.js";
import { createRecord } from "./guard/record.js";
import { standingOf } from "./guard/standing.js";
import { tellEvidence } from "./guard/tell-evidence.js";
import type { GuardEvidence } from "./guard/trial.js";
import type { Arrivals } from "./sample-ratio.js";

/** The evidence that makes a guard hold a ramp. */
const WARNING = 20;

/** Flags that can be guarded, whatever their definitions. */
export interface GuardedFlags {
  readonly definitions: Definitions;
  observe(observer: Observer): () => void;
  pin(flag: string, variant: string, options: PinOptions): () => void;
}

/** What a guard works with. */
export interface GuardHost {
  readonly flags: GuardedFlags;
  /** Where the flags are held; without it a guard can only notify. */
  readonly store: FlagStore | undefined;
  readonly traceId: ((scope: object) => string | undefined) | undefined;
  /** Where what several instances count is put together. */
  readonly fleet: Fleet | undefined;
  /** How the units of a flag's split arrive. */
  readonly arrivals: (flag: string, split: string) => Arrivals | undefined;
  /** The clock: milliseconds since the epoch. */
  readonly now: () => number;
}

/** Compares a flag's variants with the safe one, and stops the flag on evidence. */
export interface Guard {
  /** The flag's key. */
  readonly flag: string;
  readonly state: GuardState;
  /** What is known of each variant that is guarded, in this epoch. */
  readonly evidence: readonly GuardEvidence[];
  /** Tells what the guard does, until the returned function is called. */
  observe(listener: GuardListener): () => void;
  /** Looks now and not at the end of the bucket; resolves once what follows of it is written. */
  look(): Promise<void>;
  /** Stops guarding. What it wrote stays; a pin of this process is over. */
  close(): void;
}

/**
 * Guards a flag.
 *
 * @throws BurgeeError `INVALID_OPTIONS`
 */
export function createGuard<Key extends FlagKey>(policy: GuardPolicy<Key>, host: GuardHost): Guard {
  const { flags, store, now } = host;
  const rules = readPolicy(policy, flags.definitions);
  const { flag, bucket } = rules;
  if (store === undefined && rules.action !== "notify") {
    const what = `The guard of ${JSON.stringify(flag)} needs a store to write to, given to createMonitor, or the action "notify".`;
    throw new BurgeeError("INVALID_OPTIONS", what);
  }
  const { fleet } = host;
  /** How often an instance looks: more often than its buckets are over, where it shares them. */
  const pace = fleet === undefined ? bucket : Math.min(bucket, 1000);
  const record = createRecord(flag);
  const inquiries = createInquiries(rules, {
    fleet,
    arrivals: (split) => host.arrivals(flag, split),
    unshared(error) {
      const what = `Counts cannot be shared, and this instance goes by its own: ${error}`;
      record.notify(`unshared: ${error}`, what);
    },
  });
  const actions = createActions(rules, {
    pin: (...pinned) => flags.pin(...pinned),
    store,
    record,
    known: () => known,
    now,
  });
  let known: FlagDefinition | undefined;
  let epoch = 0;
  let beganAt = now();
  let coolUntil = Number.NEGATIVE_INFINITY;
  let bucketNumber = bucketAt(beganAt);
  let working = Promise.resolve();
  let upcoming: Promise<void> | undefined;
  let deciding = false;
  /** What the store told meanwhile. */
  let unseen: { readonly definition: FlagDefinition | undefined } | undefined;
  let closed = false;

  function bucketAt(time: number): number {
    return Math.floor(time / pace);
  }

  function looks(): boolean {
    const { state } = record;
    return !closed && (state === "armed" || state === "warning" || state === "resumed");
  }

  function count(settlement: Settlement): void {
    if (!looks()) return;
    const countable = countableOf(settlement, flag, epoch);
    if (countable === undefined) return;
    closeBucket();
    const { exposure, failed } = countable;
    const trace = failed ? host.traceId?.(settlement.scope) : undefined;
    inquiries.count(exposure, failed, trace);
  }

  function closeBucket(): void {
    const number = bucketAt(now());
    if (number === bucketNumber) return;
    bucketNumber = number;
    inquiries.close();
    void decideNext();
  }

  /** Decides as soon as what is under way is done; once, however often it is asked meanwhile. */
  function decideNext(): Promise<void> {
    if (upcoming !== undefined) return upcoming;
    upcoming = working.then(decide).catch(failed).then(catchUp);
    working = upcoming;
    return upcoming;
  }

  function failed(error: unknown): void {
    record.notify(`failed: ${error}`, `The guard failed: ${error}`);
  }

  async function decide(): Promise<void> {
    upcoming = undefined;
    if (closed) return;
    deciding = true;
    if (actions.owed !== undefined) return actions.trip(actions.owed);
    if (record.state === "resumed" && now() >= coolUntil) {
      record.enter("armed", "The cool-down is over.");
    }
    if (!looks()) return;
    if (now() - beganAt >= rules.window) return record.enter("completed", "The window is over.");
    const found = await inquiries.look();
    for (const evidence of found) tellHindrance(evidence);
    const gravest = found.find(isEnough) ?? found[0];
    if (gravest !== undefined) await judge(gravest);
  }

  function tellHindrance(evidence: GuardEvidence): void {
    const { treatment, hindrance, tested } = evidence;
    if (hindrance === undefined || tested) return;
    record.notify(`${treatment}: ${hindrance}`, `${flag}=${treatment}: ${hindrance}.`, {
      evidence,
    });
  }

  async function judge(evidence: GuardEvidence): Promise<void> {
    const { e, threshold, sufficient } = evidence;
    if (e < Math.min(WARNING, threshold)) return;
    if (!sufficient && rules.onInsufficientData === "ignore") return;
    const enough = isEnough(evidence);
    if (record.state !== "resumed") return enough ? actions.trip(evidence) : actions.warn(evidence);
    if (!enough) return;
    const reason = tellEvidence(flag, rules.safe, evidence);
    record.notify("evident", `${reason} It is left alone until it has cooled down.`, { evidence });
  }

  function catchUp(): void {
    deciding = false;
    const told = unseen;
    unseen = undefined;
    if (told !== undefined) see(told.definition);
  }

  /** What the store holds now. What comes of the guard's own commit is entered before it is seen. */
  function see(definition: FlagDefinition | undefined): void {
    if (deciding) {
      unseen = { definition };
      return;
    }
    const before = known;
    known = definition;
    if (definition === undefined) {
      if (before !== undefined) actions.yieldTo("The flag was removed.");
      return;
    }
    const standing = standingOf(definition);
    if (standing.epoch !== epoch) beginEpoch(standing.epoch, before !== undefined);
    if (standing.hold === "guard") return record.enter("tripped", "It is held by a guard.");
    if (standing.hold === "kill") return actions.yieldTo("It was stopped by a person.");
    const heldBefore = before && standingOf(before).hold;
    const held = record.state === "tripped" || record.state === "warning";
    if (held && heldBefore !== undefined && standing.hold === undefined) {
      actions.yieldTo("It was freed by hand, and not resumed.");
    }
  }

  function beginEpoch(next: number, resumed: boolean): void {
    epoch = next;
    inquiries.renew(next);
    beganAt = now();
    actions.renew();
    if (!resumed) return record.renew();
    const coolDown = rules.coolDown * 2 ** Math.max(0, next - 1);
    coolUntil = beganAt + coolDown;
    record.renew(`It was resumed, and is left alone for ${Math.round(coolDown / 1000)} s.`);
  }

  const stopObserving = flags.observe({ settled: count });
  const stopFollowing = store && followFlag(store, flag, see);
  const timer = setInterval(closeBucket, pace);
  timer.unref();

  return {
    flag,
    get state() {
      return record.state;
    },
    get evidence() {
      return inquiries.evidence;
    },
    observe: record.observe,
    look() {
      closeBucket();
      return decideNext();
    },
    close() {
      closed = true;
      clearInterval(timer);
      stopObserving();
      stopFollowing?.();
      actions.renew();
    },
  };
}

/** Whether it may be acted on. */
function isEnough({ e, threshold, sufficient }: GuardEvidence): boolean {
  return e >= threshold && sufficient;
}
