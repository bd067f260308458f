import type { Definitions } from "@burgee/core";
import { createOfrepClient, type FlagPayload } from "@burgee/ofrep/client";
import { type ClientFlags, createClientFlags, type ServerScope } from "./client-flags.js";

/** Who is asking, as far as a browser may say. */
type Context = Readonly<Record<string, unknown>>;

/** What a provider gives to what is below it. */
export interface ProvidedFlags {
  /** The values the page was rendered with; a promise while they are to come, which never rejects. */
  readonly payload: FlagPayload | undefined | Promise<FlagPayload | undefined>;
  /** The flags, which begin with the payload: the same ones at every call. */
  begin(payload: FlagPayload | undefined): ClientFlags;
  /** Asks again, as somebody else. */
  identify(context: Context): void;
  /** Keeps the flags live, once they have begun, for somebody who reads none of them now. */
  follow(): (() => void) | undefined;
  /** Tells the server of an error, once; of none before the flags have begun. */
  report(error: unknown): void;
}

/** What a provider is given. */
export interface ProvidedOptions {
  readonly flags?: Definitions | undefined;
  readonly url: string;
  readonly context: Context;
  readonly initial?: FlagPayload | Promise<FlagPayload> | undefined;
  readonly scope?: ServerScope | undefined;
}

export function provideFlags(options: ProvidedOptions): ProvidedFlags {
  const { flags = {}, url, initial } = options;
  const scope = typeof document === "undefined" ? options.scope : undefined;
  const reported = new WeakSet<object>();
  let { context } = options;
  let begun: { readonly flags: ClientFlags; identify(context: Context): void } | undefined;

  return {
    payload: isPromise(initial) ? arrivalOf(initial) : initial,
    begin(payload) {
      if (begun === undefined) {
        const client = createOfrepClient({ url, context, ...(payload && { initial: payload }) });
        const identify = client.identify;
        begun = { flags: createClientFlags(flags, client, scope), identify };
      }
      return begun.flags;
    },
    identify(next) {
      context = next;
      begun?.identify(next);
    },
    follow: () => begun?.flags.follow(),
    report(error) {
      if (typeof error === "object" && error !== null) {
        if (reported.has(error)) return;
        reported.add(error);
      }
      begun?.flags.report(error);
    },
  };
}

/** By the promise itself: a render that waits is begun again, and must then find the same one. */
const arrivals = new WeakMap<Promise<FlagPayload>, Promise<FlagPayload | undefined>>();

/** A payload, or nothing if it does not come. */
function arrivalOf(initial: Promise<FlagPayload>): Promise<FlagPayload | undefined> {
  const known = arrivals.get(initial);
  if (known !== undefined) return known;
  const arrival = Promise.resolve(initial).catch(() => undefined);
  arrivals.set(initial, arrival);
  return arrival;
}

/** Whether it is one of any making, such as React's own. */
function isPromise(initial: ProvidedOptions["initial"]): initial is Promise<FlagPayload> {
  return "then" in Object(initial);
}
