import { existsSync } from "node:fs";
import { join } from "node:path";
import { inSession, newCommand } from "../command.js";
import { flagsDocument } from "../init/flags-document.js";
import type { Place, Step } from "../init/framework.js";
import { type Application, readApplication } from "../init/read-application.js";
import type { Colors } from "../output.js";
import { writeText } from "../write-file.js";

/** `burgee init`: the files that an application with flags begins with. */
export const init = () =>
  newCommand("init", "begin with flags: the first files, and what to add to the application")
    .description(
      "Writes the files that an application with flags begins with, for Express, NestJS or Next.js, whichever\n" +
        "package.json names: flags.ts, the flag document, the configuration of this command. It overwrites nothing.",
    )
    .addHelpText("after", help)
    .action(
      inSession(async ({ output, settings }) => {
        const { root, file } = settings;
        const application = await readApplication(root, file);
        const { framework, place } = application;
        const [written, kept] = [[] as string[], [] as string[]];
        for (const [name, text] of Object.entries(filesOf(application))) {
          const path = join(root, name);
          if (existsSync(path)) kept.push(name);
          else {
            await writeText(path, text, "wx");
            written.push(name);
          }
        }
        const install = missing(application);
        const steps = framework.steps(place);
        const data = { framework: framework.name, written, kept, install, steps };
        output.tell(data, () => textOf(data, output.colors));
        return "ok";
      }),
    );

const help = `
Example:
  $ npx @burgee/cli init && git status`;

function filesOf({ framework, place }: Application): Readonly<Record<string, string>> {
  return {
    ...framework.files(place),
    [place.document]: flagsDocument,
    "burgee.config.ts": configuration(place),
  };
}

function configuration({ folder, document }: Place): string {
  return `import { defineConfig } from "@burgee/cli";

export default defineConfig({
  file: ${JSON.stringify(document)},
  definitions: ${JSON.stringify(`${folder}flags.ts`)},
});
`;
}

/** The packages that the application does not have yet. */
function missing({ framework, dependencies }: Application): readonly string[] {
  const needed = ["@burgee/core", "@burgee/stores", ...framework.packages, "@burgee/cli"];
  return needed.filter((name) => !dependencies.has(name));
}

interface Begun {
  readonly framework: string;
  readonly written: readonly string[];
  readonly kept: readonly string[];
  readonly install: readonly string[];
  readonly steps: readonly Step[];
}

function textOf({ framework, written, kept, install, steps }: Begun, colors: Colors): string {
  const files = [
    ...written.map((name) => `${colors.green("written")}  ${name}`),
    ...kept.map((name) => `${colors.dim("kept")}     ${name}, which was there already`),
  ];
  const todo = [
    ...(install.length > 0
      ? [{ where: "the packages", code: `npm install ${install.join(" ")}` }]
      : []),
    ...steps,
  ];
  const parts = todo.map(
    ({ where, code }) => `${colors.bold(`Add ${where}:`)}\n\n${indented(code)}`,
  );
  return [`An application on ${framework}.`, files.join("\n"), ...parts].join("\n\n");
}

function indented(code: string): string {
  return code.replace(/^(?=.)/gm, "  ");
}
