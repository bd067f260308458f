"use client";
import type { Definitions } from "@burgee/core";
import type { FlagPayload, PayloadStorage } from "@burgee/ofrep/client";
import { type JSX, type ReactNode, useEffect, useState } from "react";
import type { ServerScope } from "./client-flags.js";
import { FlagsContext } from "./flags-context.js";
import { provideFlags } from "./provided-flags.js";
import type { ClientFlagValues } from "./values.js";

interface CommonProps {
  /**
   * The definitions of the flags that browsers may have: their defaults serve before any payload.
   *
   * @default none: a flag has no value before a payload
   */
  readonly flags?: Definitions;
  /**
   * Who is asking, as far as the browser may say. When it changes, the server is asked anew, and the old
   * values stay until the new ones are there.
   *
   * @default {}
   */
  readonly context?: Readonly<Record<string, unknown>>;
  /**
   * The values the page was rendered with, or a promise of them: then the hooks suspend until it is
   * settled, and the page around them does not wait. If it rejects, or in a browser takes five
   * seconds, the defaults show. What the provider was first given counts.
   *
   * @default none: the defaults show until the server answers
   */
  readonly initial?: FlagPayload | Promise<FlagPayload>;
  /**
   * The request's scope that `initial` was made in, while a server renders: what components read is an
   * exposure in it. In a browser it is ignored.
   *
   * @default none: reads are no exposures
   */
  readonly scope?: ServerScope | undefined;
  /**
   * Where the last values are kept, by {@link payloadStorage}: they show, where
   * there are no initial ones, until the server answers.
   *
   * @default none
   */
  readonly storage?: PayloadStorage;
  /**
   * Whether the hooks suspend in a browser, where there are no initial values, until the server has
   * answered, has refused, or has let five seconds pass. Then, and at once on a server, the defaults
   * show.
   *
   * @default false
   */
  readonly suspense?: boolean;
  readonly children?: ReactNode;
}

/** Properties of {@link FlagsProvider}. */
export type FlagsProviderProps = CommonProps &
  (
    | {
        /** Where the server's OFREP routes are: what `flagRouter` is mounted on. */
        readonly url: string;
        readonly values?: never;
      }
    | {
        /**
         * The values that the hooks have, for tests and for Storybook: no server is asked or told
         * anything. Flags that are not here have their defaults.
         */
        readonly values: ClientFlagValues;
        readonly url?: never;
      }
  );

/**
 * Gives the hooks below it the flags' values, and keeps them live. The flags that components on the
 * screen have read are told to the server as exposures, if their values came with a receipt.
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
  const { context, values, children } = props;
  const fixed = JSON.stringify(values);
  const provide = () => ({ fixed, flags: provideFlags(props) });
  const [provided, setProvided] = useState(provide);
  if (provided.fixed !== fixed) setProvided(provide);
  const { flags } = provided;
  useEffect(() => flags.mounted(context));
  return <FlagsContext.Provider value={flags}>{children}</FlagsContext.Provider>;
}
