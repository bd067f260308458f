export { BurgeeWebProvider } from "./burgee-web-provider.js";
