export { type BurgeeConfig, defineConfig } from "./config.js";
