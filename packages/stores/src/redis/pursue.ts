import { setTimeout as pause } from "node:timers/promises";
import { BurgeeError, type Revision } from "@burgee/core";
import type { Subscribers } from "../subscribers.js";
import type { RedisClient, Send } from "./client.js";
import type { Copy } from "./copy.js";
import { failure, isAnswer } from "./failure.js";
import type { Berth } from "./fleet.js";
import type { Keys } from "./keys.js";
import { type Link, openLink } from "./link.js";

/** What following takes. */
export interface FollowOptions {
  readonly client: RedisClient;
  readonly keys: Keys;
  readonly copy: Copy;
  readonly berth: Berth;
  /** How long an answer may take, in milliseconds. */
  readonly timeout: number;
  /** How often it is verified that nothing was missed, in milliseconds. */
  readonly poll: number;
  /**
   * Writes what is held in place of the revision that is there; gives nothing where that is another one
   * by now. Undefined to obey what is there.
   */
  readonly reseed: ((send: Send, there: string) => Promise<Revision | undefined>) | undefined;
}

/** What follows a flag set, until it is ended. */
export interface Pursuit {
  /** Looks now, over a new connection if need be. Resolves once what was found was told. */
  refresh(): Promise<void>;
  /** Tries whether the connection still answers. */
  probe(): void;
}

/** How often it is tried whether the connection still answers, in milliseconds. */
const PULSE = 2000;

/** How long it waits before it connects anew, in milliseconds: at first, and at most. */
const FIRST_RETRY = 50;
const LAST_RETRY = 1000;

/** Within which time one of many instances writes back what all of them hold, in milliseconds. */
const RESEED_WITHIN = 300;

/**
 * Follows a flag set over one connection after the other: pushed, polled, and healed.
 *
 * @param signal ends it
 */
export function pursue(options: FollowOptions, sinks: Subscribers, signal: AbortSignal): Pursuit {
  const { client, keys, copy, berth, timeout, poll, reseed } = options;
  let link: Link | undefined;
  let told: string | undefined;
  let looking: { readonly over: Link; readonly done: Promise<void> } | undefined;
  let lookAgain = false;
  let reported: string | undefined;
  const waits = new Set<AbortController>();
  let attempt: Promise<unknown> = Promise.resolve();

  /** Tells a problem, unless it was told last. */
  function problem(error: BurgeeError): void {
    if (signal.aborted || error.message === told) return;
    told = error.message;
    sinks.problem(error);
  }

  function next(revision: Revision, faults: readonly BurgeeError[] = []): void {
    told = undefined;
    sinks.next(revision);
    for (const fault of faults) sinks.problem(fault);
  }

  async function chase(): Promise<void> {
    for (let failures = 0; !signal.aborted; failures++) {
      const opening = connect(failures);
      attempt = opening;
      const opened = await opening;
      if (opened === undefined) continue;
      failures = -1;
      void pulse(opened);
      await opened.lost.catch((error) => lose(opened, error));
    }
  }

  /** Never rejects. Gives the connection, if it could be made and what is there could be read. */
  async function connect(failures: number): Promise<Link | undefined> {
    await wait(Math.min(FIRST_RETRY * 2 ** failures, LAST_RETRY) * (0.5 + Math.random() / 2));
    if (signal.aborted) return undefined;
    try {
      const opened = await openLink(client, keys.channel, hear, timeout, signal);
      link = opened;
      if (signal.aborted) lose(opened, signal.reason);
      await look(opened);
      return link;
    } catch (error) {
      problem(failure(error, `Redis cannot be reached for ${keys.head}`));
      return undefined;
    }
  }

  /** Waits, unless it is woken. */
  async function wait(milliseconds: number): Promise<void> {
    if (signal.aborted) return;
    const waiting = new AbortController();
    waits.add(waiting);
    const unlessWoken = { ref: false, signal: waiting.signal };
    await pause(milliseconds, undefined, unlessWoken).catch(() => {});
    waits.delete(waiting);
  }

  function wake(): void {
    for (const waiting of waits) waiting.abort();
  }

  function lose(lost: Link, error: unknown): void {
    if (link !== lost) return;
    link = undefined;
    problem(failure(error, `The connection to Redis for ${keys.head} was lost`));
    lost.fail(error);
    void lost.close(berth.leave);
  }

  /** A message says which revision there is now. */
  function hear(message: string): void {
    if (link === undefined || message.includes(`"${copy.identity?.revision}"`)) return;
    void look(link);
  }

  /** Looks; where it is looking already, once more thereafter. Never rejects. */
  function look(over: Link): Promise<void> {
    lookAgain = true;
    if (looking?.over === over) return looking.done;
    const done = lookUntilDone(over).finally(() => {
      if (looking?.over === over) looking = undefined;
    });
    looking = { over, done };
    return done;
  }

  async function lookUntilDone(over: Link): Promise<void> {
    while (lookAgain && link === over) {
      lookAgain = false;
      try {
        await lookOnce(over);
      } catch (error) {
        lose(over, error);
      }
    }
  }

  async function lookOnce(over: Link): Promise<void> {
    const found = await copy.look(over.send);
    const held = copy.identity;
    if (link !== over) return;
    if (found.status === "same") {
      told = undefined;
      return sinks.current();
    }
    if (found.status === "empty") {
      problem(emptied(keys, held?.revision));
      return held && writeBack(over, "");
    }
    if (found.status === "diverged" && held !== undefined) {
      problem(diverged(keys, held.revision, found.identity.revision));
      const { revision, asOf } = found.identity;
      if (reseed !== undefined && asOf < held.asOf) return writeBack(over, revision);
    }
    const adopted = found.adopt();
    if (adopted === undefined) lookAgain = true;
    else next(adopted.revision, adopted.faults);
  }

  async function writeBack(over: Link, there: string): Promise<void> {
    if (reseed === undefined) return;
    await wait(Math.random() * RESEED_WITHIN);
    try {
      const revision = await reseed(over.send, there);
      if (revision === undefined) lookAgain = true;
      else next(revision);
    } catch (error) {
      if (!isAnswer(error)) throw error;
      problem(failure(error, `What is held of ${keys.head} cannot be written back`, true));
    }
  }

  /** Tries now and then whether the connection answers, and at times whether anything was missed. */
  async function pulse(over: Link): Promise<void> {
    const polledEvery = () => performance.now() + poll * (0.8 + 0.4 * Math.random());
    let due = polledEvery();
    await report(over);
    while (link === over) {
      await wait(Math.min(PULSE, poll));
      if (link !== over) return;
      if (performance.now() < due) await ask(over);
      else {
        due = polledEvery();
        await look(over);
        await report(over);
      }
    }
  }

  function ask(over: Link): Promise<void> {
    if (reported !== copy.identity?.revision) return report(over);
    return over.send(["PING"]).then(
      () => {},
      (error) => lose(over, error),
    );
  }

  /** Says which revision is held, where that can be written. */
  async function report(over: Link): Promise<void> {
    reported = copy.identity?.revision;
    await berth.report(over.send, reported ?? "").catch((error) => {
      if (!isAnswer(error)) lose(over, error);
    });
  }

  signal.addEventListener("abort", () => {
    wake();
    if (link !== undefined) lose(link, signal.reason);
  });
  void chase();

  return {
    async refresh() {
      if (link !== undefined) return look(link);
      wake();
      await attempt;
    },
    probe() {
      if (link !== undefined) void ask(link);
    },
  };
}

function emptied(keys: Keys, held: string | undefined): BurgeeError {
  if (held === undefined) {
    const what = `There are no flags at ${keys.head}: nothing was ever written there, or it is lost.`;
    return new BurgeeError("SOURCE_UNAVAILABLE", what);
  }
  const what = `The flags at ${keys.head} are gone, and revision ${held} is held.`;
  return new BurgeeError("DIVERGED", what, { revision: held });
}

function diverged(keys: Keys, held: string, found: string): BurgeeError {
  const what = `${keys.head} has revision ${found}, which was not made of revision ${held} that is held.`;
  return new BurgeeError("DIVERGED", what, { revision: found });
}
