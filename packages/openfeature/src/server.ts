export { BurgeeProvider, type ProvidedFlags } from "./burgee-provider.js";
export { openFeatureFlags, type ProviderFlagsOptions } from "./open-feature-flags.js";
