import type { Definitions } from "@burgee/core";
import { createOfrepClient, type FlagPayload } from "@burgee/ofrep/client";
import { createContext, type JSX, type ReactNode, useContext, useEffect, useState } from "react";
import { type ClientFlags, createClientFlags } from "./client-flags.js";

const FlagsContext = createContext<ClientFlags | undefined>(undefined);

/** Properties of {@link FlagsProvider}. */
export interface FlagsProviderProps {
  /** The definitions of the flags that browsers may have: their defaults serve before any payload. */
  readonly flags: Definitions;
  /** Where the server's OFREP routes are: what `flagRouter` is mounted on. */
  readonly url: string;
  /** Who is asking, as far as the browser may say. `@default {}` */
  readonly context?: Readonly<Record<string, unknown>>;
  /** The values the page was rendered with. Without them the defaults show until the server answers. */
  readonly initial?: FlagPayload;
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
  const { flags, url, context = {}, initial, children } = props;
  const [{ client, values }] = useState(() => {
    const made = createOfrepClient({ url, context, ...(initial && { initial }) });
    return { client: made, values: createClientFlags(flags, made) };
  });
  useEffect(() => client.identify(context));
  return <FlagsContext.Provider value={values}>{children}</FlagsContext.Provider>;
}

/** The flags of the nearest provider. */
export function useClientFlags(): ClientFlags {
  const values = useContext(FlagsContext);
  if (values !== undefined) return values;
  throw new Error(
    "There are no flags here: put a <FlagsProvider> around the components that read them.",
  );
}
