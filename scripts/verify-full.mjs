// npm run verify:full: all of `npm run verify`, then the long tests, and every project of compat/. Its last line adds
// up the runners' reports.
import { compat } from "./projects.mjs";
import { longServices } from "./services.mjs";
import { steps, take, vitest } from "./steps.mjs";

take({
  ...steps,
  "long services": longServices,
  "long tests": () => vitest("long", "--config", "vitest.full.config.ts"),
  compat,
});
