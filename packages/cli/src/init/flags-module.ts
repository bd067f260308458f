import { FIRST_FLAG, type Place } from "./framework.js";

/** The `flags.ts` of an application on Node. */
export function flagsModule({ document, today }: Place): string {
  return `import { createFlags, defineFlags } from "@burgee/core";
import { fileStore } from "@burgee/stores/file";

/** The flags that this application reads, each with the variant that is safe to serve. */
export const definitions = ${definitions(today)};

export const flags = createFlags(definitions, { source: fileStore(${JSON.stringify(document)}) });

declare module "@burgee/core" {
  interface Register {
    app: typeof flags;
  }
}
`;
}

/** The definition of the flag that an application begins with. */
export function definitions(today: string): string {
  return `defineFlags({
  ${JSON.stringify(FIRST_FLAG)}: { default: false, kind: "release", created: ${JSON.stringify(today)} },
})`;
}
