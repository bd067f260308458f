export { BurgeeProvider, type ProvidedFlags } from "./burgee-provider.js";
