"use client";
import type { Definitions } from "@burgee/core";
import type { FlagPayload } from "@burgee/ofrep/client";
import { type JSX, type ReactNode, useEffect, useState } from "react";
import type { ServerScope } from "./client-flags.js";
import { FlagsContext } from "./flags-context.js";
import { provideFlags } from "./provided-flags.js";

/** Properties of {@link FlagsProvider}. */
export interface FlagsProviderProps {
  /**
   * The definitions of the flags that browsers may have: their defaults serve before any payload.
   *
   * @default none: a flag has no value before a payload
   */
  readonly flags?: Definitions;
  /** Where the server's OFREP routes are: what `flagRouter` is mounted on. */
  readonly url: string;
  /** Who is asking, as far as the browser may say. `@default {}` */
  readonly context?: Readonly<Record<string, unknown>>;
  /**
   * The values the page was rendered with, or a promise of them: then the hooks suspend until it is
   * settled, and the page around them does not wait. If it rejects, the defaults show. What the
   * provider was first given counts. `@default none: the defaults show until the server answers`
   */
  readonly initial?: FlagPayload | Promise<FlagPayload>;
  /**
   * The request's scope that `initial` was made in, while a server renders: what components read is an
   * exposure in it. In a browser it is ignored.
   *
   * @default none: reads are no exposures
   */
  readonly scope?: ServerScope | undefined;
  readonly children?: ReactNode;
}

/**
 * Gives the hooks below it the flags' values, and keeps them live.
 *
 * @example
 * ```tsx
 * import { defineFlags } from "@burgee/core";
 * import { FlagsProvider } from "@burgee/react";
 *
 * const clientFlags = defineFlags({ "new-checkout": { default: false } });
 *
 * export const App = () => (
 *   <FlagsProvider flags={clientFlags} url="/flags" context={{ targetingKey: "visitor-1" }}>
 *     <main />
 *   </FlagsProvider>
 * );
 * ```
 */
export function FlagsProvider(props: FlagsProviderProps): JSX.Element {
  const { flags, url, context = {}, initial, scope, children } = props;
  const [provided] = useState(() => provideFlags({ flags, url, context, initial, scope }));
  useEffect(() => provided.identify(context));
  return <FlagsContext.Provider value={provided}>{children}</FlagsContext.Provider>;
}
