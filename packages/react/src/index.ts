export { type PayloadStorage, payloadStorage } from "@burgee/ofrep/client";
export type { ServerScope } from "./client-flags.js";
export { Flag, type FlagProps } from "./flag.js";
export { FlagBoundary, type FlagBoundaryProps } from "./flag-boundary.js";
export { FlagsProvider, type FlagsProviderProps } from "./flags-provider.js";
export { type FlagContext, useFlagContext } from "./use-flag-context.js";
export { type ClientFlagDetails, useFlag, useFlagDetails } from "./use-flag.js";
export { useFlags } from "./use-flags.js";
export type { ClientFlagValue, ClientFlagValues } from "./values.js";
