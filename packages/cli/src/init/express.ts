import { flagsModule } from "./flags-module.js";
import { FIRST_FLAG, type Framework } from "./framework.js";

/** Express 4.18 or later. */
export const express: Framework = {
  name: "Express",
  dependency: "express",
  packages: ["@burgee/express"],
  files: (place) => ({ [`${place.folder}flags.ts`]: flagsModule(place) }),
  steps: ({ flags }) => [
    {
      where: "above the routes of the application",
      code: `import { flagMiddleware } from "@burgee/express";
import { flags } from ${JSON.stringify(flags)};

app.use(flagMiddleware(flags, { context: (req) => ({ targetingKey: req.get("x-user") }) }));`,
    },
    { where: "before it listens", code: "await flags.ready({ timeout: 2000 });" },
    { where: "in a route", code: `req.flags.get(${JSON.stringify(FIRST_FLAG)})` },
  ],
};
