import { flagsModule } from "./flags-module.js";
import { FIRST_FLAG, type Framework } from "./framework.js";

/** NestJS 10 or later. */
export const nest: Framework = {
  name: "NestJS",
  dependency: "@nestjs/core",
  packages: ["@burgee/nestjs"],
  files: (place) => ({ [`${place.folder}flags.ts`]: flagsModule(place) }),
  steps: ({ flags }) => [
    {
      where: "in the imports of the root module",
      code: `import { FlagsModule } from "@burgee/nestjs";
import { flags } from ${JSON.stringify(flags)};

FlagsModule.forRoot({
  flags,
  context: (request: { user?: { id: string } }) => ({ targetingKey: request.user?.id }),
}),`,
    },
    {
      where: "at a handler",
      code: `@RequireFlag(${JSON.stringify(FIRST_FLAG)})   or   @FlagValue(${JSON.stringify(FIRST_FLAG)}) isNew: boolean`,
    },
  ],
};
