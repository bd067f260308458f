import type { ContextInput, Definitions, FlagScope, Flags } from "@burgee/core";
import { openOnRequest, type RequestScopeOptions } from "@burgee/core/node";
import { openFromHeaders } from "@burgee/core/signed";
import {
  type FlagPayload,
  type OfrepHandler,
  type OfrepOptions,
  ofrepHandler,
} from "@burgee/ofrep";
import type { Caller } from "./caller.js";
import { isDevelopment } from "./mode.js";
import { factsOf, type RequestFacts } from "./request-facts.js";
import type { RequestRecord } from "./request-record.js";
import { createRevalidation, type Revalidation } from "./revalidation.js";
import { withinRequest } from "./within-request.js";

/** Options of {@link createNextFlags}. */
export interface NextFlagsOptions<D extends Definitions, C extends Definitions, A>
  extends RequestScopeOptions<RequestFacts>,
    Pick<OfrepOptions, "acceptContext" | "authorize" | "address" | "limits"> {
  /** Where `route` is mounted, with the `basePath` of the application. `@default "/flags"` */
  readonly path?: string;
  /**
   * Makes what belongs to the Flags, once with them: a monitor, telemetry. What it gives is
   * `attached`; it, and members of it, are closed with the Flags, if they have a `close`.
   */
  readonly attach?: (flags: Flags<D, C>) => A;
  /**
   * Where this process reaches itself, to renew cached pages.
   *
   * @default `http://127.0.0.1:$PORT`
   */
  readonly origin?: string;
}

/** The Flags of a name, and what goes with them. */
export interface Shared {
  readonly flags: Flags<Definitions>;
  readonly attached: unknown;
  readonly handle: OfrepHandler;
  readonly revalidation: Revalidation;
  readonly path: string;
  /** The scope of a request. */
  scope(
    record: RequestRecord,
    headers: Headers,
  ): FlagScope<Definitions> | Promise<FlagScope<Definitions>>;
  /** What a page begins with that is rendered in a scope. */
  payload(scope: FlagScope<Definitions>): Promise<FlagPayload>;
  close(): void;
}

/** @param outside runs work outside of any request and render */
export function createShared<D extends Definitions, C extends Definitions, A>(
  name: string,
  create: () => Flags<D, C>,
  options: NextFlagsOptions<D, C, A>,
  outside: Caller,
): Shared {
  const { path = "/flags", attach, origin } = options;
  const made = create();
  const flags = made as unknown as Flags<Definitions>;
  const { context, ask } = withinRequest(options.context);
  const opening = { ...options, context };
  const [firstKey] = Object.keys(flags.client);
  const attached = attach?.(made);
  const handle = ofrepHandler(flags, { ...options, context: contextOf(options.context) });
  const revalidation = createRevalidation(name, flags, { path, origin });

  return {
    flags,
    attached,
    handle,
    revalidation,
    path,
    scope(record, headers) {
      const { exchange } = record;
      return record.scope(name, () => {
        const asked = ask(factsOf(headers));
        const open = () =>
          outside(() =>
            exchange === undefined
              ? openFromHeaders(flags, opening, { headers: Object.fromEntries(headers) }, asked)
              : openOnRequest(flags, opening, exchange.request, exchange.response, asked),
          );
        return isDevelopment() ? flags.ready().then(open) : open();
      });
    },
    payload(scope) {
      if (firstKey !== undefined) scope.peek(firstKey); // so that its context is read in its request
      return outside(() => handle.payload(scope, path));
    },
    close() {
      revalidation.close();
      handle.close();
      for (const one of [attached, ...Object.values(attached ?? {})]) closeOne(one);
      flags.close();
    },
  };
}

function closeOne(attached: unknown): void {
  const { close } = (attached ?? {}) as { close?: unknown };
  if (typeof close === "function") close.call(attached);
}

/** The context of a request that a browser makes itself. */
function contextOf(context: ContextInput<RequestFacts> = {}): ContextInput<Request> {
  return typeof context === "function"
    ? async (request) => context(factsOf(request.headers))
    : context;
}
