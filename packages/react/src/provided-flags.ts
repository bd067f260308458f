import type { Definitions } from "@burgee/core";
import { createOfrepClient, type FlagPayload, type PayloadStorage } from "@burgee/ofrep/client";
import { type Arrival, arrivalOf, inBrowser, isPromise } from "./arrival.js";
import { type ClientFlags, createClientFlags, type ServerScope } from "./client-flags.js";
import { type ClientFlagValues, payloadOfValues } from "./values.js";

/** Who is asking, as far as a browser may say. */
export type Context = Readonly<Record<string, unknown>>;

/** What a provider gives to what is below it. */
export interface ProvidedFlags {
  /** What the hooks wait for: the payload to begin with, or just that there was an answer. */
  readonly arrival: Arrival | undefined;
  /** The flags, which begin with what has arrived: the same ones at every call. */
  begin(payload?: FlagPayload): ClientFlags;
  /** The provider is on the screen with this context: if it was given another one before, it asks. */
  mounted(context: Context | undefined): void;
}

/** What a provider is given. */
export interface ProvidedOptions {
  readonly flags?: Definitions;
  readonly url?: string;
  readonly context?: Context;
  readonly initial?: FlagPayload | Promise<FlagPayload>;
  readonly values?: ClientFlagValues;
  readonly scope?: ServerScope | undefined;
  readonly storage?: PayloadStorage;
  readonly suspense?: boolean;
}

/**
 * By what they ask, and of which flags: what was provided in renders that wait. Of a provider that has not been on the
 * screen React keeps nothing, and each further render would ask anew.
 */
const waiting = new Map<string, ProvidedFlags>();

export function provideFlags(options: ProvidedOptions): ProvidedFlags {
  const { flags = {}, url, values, storage } = options;
  const initial = values ? payloadOfValues(values, flags) : options.initial;
  const suspends = options.suspense && inBrowser && initial === undefined;
  let { context } = options;
  let given = textOf(context);
  let begun: ClientFlags | undefined;

  const asked = `${url} ${given} ${Object.keys(flags)}`;
  const known = suspends && waiting.get(asked);
  if (known) return known;

  function begin(payload?: FlagPayload): ClientFlags {
    if (begun === undefined) {
      const client = createOfrepClient({
        url,
        context: options.context, // whose the first values are
        storage,
        initial: isPromise(initial) ? payload : initial,
      });
      if (context !== options.context) client.identify(context);
      begun = createClientFlags(flags, client, inBrowser ? undefined : options.scope);
    }
    return begun;
  }

  const provided: ProvidedFlags = {
    arrival: isPromise(initial)
      ? arrivalOf(initial)
      : suspends
        ? (begin().client.refresh() as Promise<undefined>)
        : undefined,
    begin,
    mounted(next) {
      waiting.delete(asked);
      const text = textOf(next);
      if (text === given) return;
      given = text;
      context = next;
      begun?.client.identify(next);
    },
  };
  if (suspends) waiting.set(asked, provided);
  return provided;
}

function textOf(context: Context | undefined): string | undefined {
  try {
    return JSON.stringify(context);
  } catch {
    return undefined; // no JSON: it is asked for as nobody
  }
}
