import type { RevisionSink } from "@burgee/core";
import { unavailable } from "./ask.js";
import { createBackoff } from "./backoff.js";
import { followEvents } from "./events.js";
import { type About, type Answer, readFlags } from "./read.js";
import type { HttpSettings } from "./settings.js";

/** How soon one reading follows another, in milliseconds, however many events ask for it. */
const READ_EVERY = 100;

/** The longest wait after the first failure, in milliseconds. */
const FIRST_WAIT = 1000;

/** The longest wait after any failure, in milliseconds, unless the interval is longer. */
const LONGEST_WAIT = 30_000;

/** The longest that a server may ask to be left alone, in milliseconds. */
const LONGEST_RETRY_AFTER = 3_600_000;

/** A URL that is read again and again. */
export interface Polling {
  /** Reads it now, unless it waits after a failure, and resolves once that is told. */
  refresh(): Promise<void>;
  stop(): void;
}

/** What is known of a document, from one polling to the next. */
export interface Memory {
  /** The id of the revision held. */
  held: string | undefined;
  about: About;
  /** What was wrong with what was read last. */
  fault: unknown;
}

/** Reads a URL at once and then again and again, and tells what came of it. */
export function poll(settings: HttpSettings, memory: Memory, sink: RevisionSink): Polling {
  const { url, interval, timeout } = settings;
  const waits = [Math.min(FIRST_WAIT, interval), Math.max(LONGEST_WAIT, interval)] as const;
  const backoff = createBackoff(...waits);
  let stopped = false;
  let reading: Promise<void> | undefined;
  let queued: Promise<void> | undefined;
  let abort = (): void => {};
  let changed = false;
  let startedAt = 0;
  /** Before then, in milliseconds since the epoch, the server is left alone. */
  let notBefore = 0;
  let timer: NodeJS.Timeout | undefined;
  let stream: { readonly href: string; close(): void } | undefined;

  function look(): Promise<void> {
    clearTimeout(timer);
    reading ??= read().finally(() => {
      reading = undefined;
      if (!stopped) plan();
    });
    return reading;
  }

  async function lookUnlessWaiting(): Promise<void> {
    if (!stopped && Date.now() >= notBefore) await look();
  }

  async function read(): Promise<void> {
    changed = false;
    startedAt = Date.now();
    const answer = await answerInTime();
    if (!stopped) tell(answer);
  }

  function answerInTime(): Promise<Answer> {
    const controller = new AbortController();
    const { signal } = controller;
    return new Promise((resolve) => {
      abort = () => {
        clearTimeout(late);
        controller.abort();
        resolve(stopping);
      };
      const late = setTimeout(() => {
        const problem = unavailable(url, `did not answer within ${timeout} ms`);
        resolve({ kind: "failed", problem });
        controller.abort();
      }, timeout).unref();
      const known = { held: memory.held, about: memory.about };
      void readFlags(settings, signal, known).then((answer) => {
        clearTimeout(late);
        resolve(answer);
      });
    });
  }

  function tell(answer: Answer): void {
    if (answer.kind === "failed") {
      const retryAfter = Math.min(answer.retryAfter ?? 0, LONGEST_RETRY_AFTER);
      notBefore = Date.now() + Math.max(backoff.next(), retryAfter);
      return sink.problem(answer.problem);
    }
    backoff.reset();
    notBefore = 0;
    memory.about = answer.about;
    if (answer.kind === "faulty") memory.fault = answer.problem;
    else if (answer.kind !== "unchanged") memory.fault = undefined;
    follow(settings.events ?? answer.about.events);
    if (memory.fault !== undefined) sink.problem(memory.fault);
    else if (answer.kind === "revision") {
      memory.held = answer.revision.id;
      sink.next(answer.revision);
    } else sink.current();
  }

  function follow(events: URL | false | undefined): void {
    const at = events === false ? undefined : events;
    if (at?.href === stream?.href) return;
    stream?.close();
    stream = at && {
      href: at.href,
      close: followEvents(at, settings, { silence: 2 * interval, waits, changed: soon }),
    };
  }

  function soon(): void {
    changed = true;
    if (reading === undefined) plan();
  }

  function plan(): void {
    const now = Date.now();
    const usual = interval * (0.9 + Math.random() / 5);
    const wait = notBefore > 0 ? notBefore - now : changed ? startedAt + READ_EVERY - now : usual;
    clearTimeout(timer);
    timer = setTimeout(look, Math.max(0, wait)).unref();
  }

  void look();
  return {
    async refresh() {
      if (memory.held === undefined && reading !== undefined) await reading;
      else if (reading !== undefined) {
        queued ??= reading.then(() => {
          queued = undefined;
          return lookUnlessWaiting();
        });
        await queued;
      } else await lookUnlessWaiting();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      stream?.close();
      abort();
    },
  };
}

const stopping: Answer = { kind: "failed", problem: undefined };
