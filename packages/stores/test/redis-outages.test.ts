import { describe } from "vitest";
import { testChaos } from "./redis-chaos.js";

// The long form, with the default options, is in test-full/.
describe("while two instances serve, Redis is", { timeout: 30_000 }, () => {
  testChaos({ instances: 2, rounds: 1, options: { timeout: 400 } });
});
