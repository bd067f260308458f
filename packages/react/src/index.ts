export type { ServerScope } from "./client-flags.js";
export { Flag, type FlagProps } from "./flag.js";
export { FlagBoundary, type FlagBoundaryProps } from "./flag-boundary.js";
export { FlagsProvider, type FlagsProviderProps } from "./flags-provider.js";
export {
  type ClientFlagDetails,
  type ClientFlagValue,
  useFlag,
  useFlagDetails,
} from "./use-flag.js";
