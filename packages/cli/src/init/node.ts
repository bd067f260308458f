import { flagsModule } from "./flags-module.js";
import { FIRST_FLAG, type Framework } from "./framework.js";

/** An application of no framework that is known here. */
export const node: Framework = {
  name: "Node",
  dependency: "",
  packages: [],
  files: (place) => ({ [`${place.folder}flags.ts`]: flagsModule(place) }),
  steps: ({ flags }) => [
    {
      where: "around a unit of work",
      code: `import { flags } from ${JSON.stringify(flags)};

await flags.ready({ timeout: 2000 });
await flags.run({ targetingKey: "somebody" }, async (scope) => scope.get(${JSON.stringify(FIRST_FLAG)}));`,
    },
  ],
};
