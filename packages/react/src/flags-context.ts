import { createContext, useContext } from "react";
import type { ClientFlags } from "./client-flags.js";
import type { ProvidedFlags } from "./provided-flags.js";
import { waitFor } from "./wait-for.js";

/** What the nearest provider gives. */
export const FlagsContext = createContext<ProvidedFlags | undefined>(undefined);

/** What the nearest provider gives, where there must be one. */
export function useProvidedFlags(): ProvidedFlags {
  const provided = useContext(FlagsContext);
  if (provided === undefined) {
    throw new Error("Put a <FlagsProvider> around this component: it reads flags.");
  }
  return provided;
}

/** The flags of the nearest provider. While the values they begin with are to come, it suspends. */
export function useClientFlags(): ClientFlags {
  const { arrival, begin } = useProvidedFlags();
  return begin(arrival && waitFor(arrival));
}
