import { definitions } from "./flags-module.js";
import { FIRST_FLAG, type Framework, type Place } from "./framework.js";

/** Next.js 15.5 or later. */
export const next: Framework = {
  name: "Next.js",
  dependency: "next",
  packages: ["@burgee/next", "@burgee/react"],
  files: (place) => ({
    [`${place.folder}flags.ts`]: flags(place),
    [`${place.folder}instrumentation.ts`]: instrumentation,
    [`${place.folder}app/flags/[...path]/route.ts`]: route,
  }),
  steps: () => [
    {
      where: "around the children of the root layout",
      code: "<app.HydrateFlags>{children}</app.HydrateFlags>",
    },
    {
      where: "in a server component",
      code: `const scope = await app.getFlags();
scope.get(${JSON.stringify(FIRST_FLAG)})`,
    },
  ],
};

function flags({ document, today }: Place): string {
  return `import { createFlags, defineFlags } from "@burgee/core";
import { createNextFlags } from "@burgee/next";
import { fileStore } from "@burgee/stores/file";

/** The flags that this application reads, each with the variant that is safe to serve. */
export const definitions = ${definitions(today)};

/** One in this process, however often Next loads this file. */
export const app = createNextFlags(
  "app",
  () =>
    createFlags(definitions, {
      source: fileStore(${JSON.stringify(document)}),
      client: {}, // the flags that browsers may have
    }),
  { context: ({ cookie }) => ({ targetingKey: cookie("user") }) },
);

declare module "@burgee/core" {
  interface Register {
    app: typeof app;
  }
}
`;
}

const instrumentation = `export { onRequestError } from "@burgee/next/instrumentation";

/** Runs once, when the server starts. */
export async function register() {
  if (process.env["NEXT_RUNTIME"] === "nodejs") {
    const { app } = await import("./flags");
    await app.register();
  }
}
`;

const route = `import { app } from "../../../flags";

/** Where browsers have their flags from, live. */
export const { GET, POST } = app.route;
`;
