import { createContext, useContext } from "react";
import type { ClientFlags } from "./client-flags.js";
import type { ProvidedFlags } from "./provided-flags.js";
import { waitFor } from "./wait-for.js";

/** What the nearest provider gives. */
export const FlagsContext = createContext<ProvidedFlags | undefined>(undefined);

/** The flags of the nearest provider. While the values they begin with are to come, it suspends. */
export function useClientFlags(): ClientFlags {
  const provided = useContext(FlagsContext);
  if (provided === undefined) {
    throw new Error(
      "There are no flags here: put a <FlagsProvider> around the components that read them.",
    );
  }
  const { payload } = provided;
  return provided.begin(payload instanceof Promise ? waitFor(payload) : payload);
}
