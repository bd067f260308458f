import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, symlink } from "node:fs/promises";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { build } from "vite";
import { expect, onTestFinished, test, vi } from "vitest";
import { openProject, type Project } from "../project.js";

const root = resolve(import.meta.dirname, "../../../..");

/** What `init --json` says. */
interface Begun {
  readonly framework: string;
  readonly written: readonly string[];
  readonly kept: readonly string[];
  readonly install: readonly string[];
  readonly steps: readonly { readonly where: string; readonly code: string }[];
}

/** A project whose packages are those of this repository. */
async function openApplication(dependencies: object, files: Record<string, string> = {}) {
  const project = await openProject({
    "package.json": { type: "module", dependencies },
    ...files,
  });
  await symlink(`${root}/node_modules`, project.path("node_modules"));
  return project;
}

async function begin({ burgee }: Project): Promise<Begun> {
  const { code, json } = await burgee("init", "--json");
  expect(code).toBe(0);
  return json as Begun;
}

/** What the compiler has against a project. */
async function compile({ write, path }: Project, options: object = {}): Promise<string> {
  await write("tsconfig.json", {
    extends: `${root}/tsconfig.base.json`,
    compilerOptions: {
      composite: false,
      noEmit: true,
      typeRoots: [`${root}/node_modules/@types`],
      ...options,
    },
    exclude: ["node_modules"],
  });
  const tsc = `${root}/node_modules/typescript-7/bin/tsc`;
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, "-p", path(".")]).catch(
    (error: { stdout: string }) => error,
  );
  return stdout;
}

/** Builds a module of the project, and runs it; the first line that it prints. */
async function start({ path, folder }: Project, entry: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: "error",
    root: folder,
    ssr: { noExternal: [/^@burgee\//], resolve: { conditions: ["@burgee/source", "node"] } },
    build: { ssr: path(entry), outDir: path("dist") },
  });
  const child = spawn(process.execPath, ["dist/app.js"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill());
  const [line] = await once(createInterface(child.stdout), "line");
  return line;
}

test("an application on Express is begun, compiles, runs, and answers by its flag", async () => {
  const project = await openApplication({ express: "5" });
  await mkdir(project.path("src"));
  const { framework, written, install, steps } = await begin(project);
  expect(framework).toBe("Express");
  expect(written).toEqual(["src/flags.ts", "flags.json", "burgee.config.ts"]);
  expect(install).toEqual(["@burgee/core", "@burgee/stores", "@burgee/express", "@burgee/cli"]);
  const [middleware, ready, read] = steps.map(({ code }) => code);
  const [imports, use] = (middleware as string).split("\n\n");
  await project.write(
    "src/app.ts",
    `import type { AddressInfo } from "node:net";
import express from "express";
${imports}

const app = express();
${use}
app.get("/", (req, res) => void res.json({ isNew: ${read} }));
${ready}
const server = app.listen(0, "127.0.0.1", () => {
  console.log(\`http://127.0.0.1:\${(server.address() as AddressInfo).port}\`);
});
`,
  );
  expect(await compile(project)).toBe("");
  const url = await start(project, "src/app.ts");
  const answer = async () => (await fetch(url)).json();
  expect(await answer()).toEqual({ isNew: false });
  await project.write(
    "flags.json",
    (await project.read("flags.json")).replace('"defaultVariant": "off"', '"defaultVariant": "on"'),
  );
  await vi.waitFor(async () => expect(await answer()).toEqual({ isNew: true }), 5000);
});

test("what it writes passes its own check, with the schema named", async () => {
  const project = await openApplication({ express: "5" });
  await begin(project);
  expect(JSON.parse(await project.read("flags.json")).$schema).toBe(
    "https://flagd.dev/schema/v0/flags.json",
  );
  const stores = resolve(import.meta.dirname, "../../../stores/src/file.ts");
  const JITI_ALIAS = JSON.stringify({
    "@burgee/stores/file": stores,
    "@burgee/core": resolve(import.meta.dirname, "../../../core/src/index.ts"),
    "@burgee/cli": resolve(import.meta.dirname, "../../src/index.ts"),
  });
  const checked = await project.burgeeWith({ JITI_ALIAS }, "check", "--strict");
  expect(checked).toMatchObject({ code: 0, stdout: "1 flag, 0 errors, 0 warnings\n" });
});

test("an application on Nest is begun, and compiles", async () => {
  const project = await openApplication({ "@nestjs/core": "11", express: "5" });
  const { framework, written, steps } = await begin(project);
  expect([framework, written]).toEqual(["NestJS", ["flags.ts", "flags.json", "burgee.config.ts"]]);
  const [imports, forRoot] = (steps[0]?.code ?? "").split("\n\n");
  await project.write(
    "app.module.ts",
    `import { Controller, Get, Module } from "@nestjs/common";
import { FlagValue, RequireFlag } from "@burgee/nestjs";
${imports}

@Controller()
class Greeting {
  @RequireFlag("new-greeting")
  @Get()
  greet(@FlagValue("new-greeting") isNew: boolean) {
    return { isNew };
  }
}

@Module({ imports: [${forRoot}], controllers: [Greeting] })
export class AppModule {}
`,
  );
  const nest = { erasableSyntaxOnly: false, experimentalDecorators: true };
  expect(await compile(project, { ...nest, emitDecoratorMetadata: true })).toBe("");
});

test("an application on Next is begun, and compiles", async () => {
  const project = await openApplication({ next: "16", react: "19" }, { "src/app/.keep": "" });
  const { framework, written, steps } = await begin(project);
  expect([framework, written]).toEqual([
    "Next.js",
    [
      "src/flags.ts",
      "src/instrumentation.ts",
      "src/app/flags/[...path]/route.ts",
      "flags.json",
      "burgee.config.ts",
    ],
  ]);
  const [layout, page] = steps.map(({ code }) => code);
  await project.write(
    "src/app/layout.tsx",
    `import type { ReactNode } from "react";
import { app } from "../flags";

export default function Layout({ children }: { readonly children: ReactNode }) {
  return <html lang="en"><body>${layout}</body></html>;
}
`,
  );
  await project.write(
    "src/app/page.tsx",
    `import { app } from "../flags";

export default async function Page() {
  ${page?.replace("scope.get", "const isNew: boolean = scope.get")};
  return <p>{isNew ? "new" : "old"}</p>;
}
`,
  );
  expect(await compile(project, { module: "esnext", moduleResolution: "bundler" })).toBe("");
});

test("an application of another kind is begun, too", async () => {
  const project = await openApplication({ fastify: "5" });
  const { framework, written, steps } = await begin(project);
  expect([framework, written[0]]).toEqual(["Node", "flags.ts"]);
  await project.write("job.ts", `${steps[0]?.code}\n`);
  expect(await compile(project)).toBe("");
});

test("nothing that is there is overwritten", async () => {
  const project = await openApplication({ express: "5" }, { "flags.ts": "// mine" });
  expect(await begin(project)).toMatchObject({
    written: ["flags.json", "burgee.config.ts"],
    kept: ["flags.ts"],
  });
  await project.write("flags.json", '{ "flags": {} }');
  const again = await project.burgee("init");
  expect([again.code, again.stdout]).toEqual([0, expect.not.stringContaining("written")]);
  expect(await project.read("flags.ts")).toBe("// mine");
  expect(await project.read("flags.json")).toBe('{ "flags": {} }');
});

test("a person is told what was written, and what to add where", async () => {
  const { burgee } = await openProject({
    "package.json": { dependencies: { express: "4", "@burgee/core": "1" } },
  });
  expect((await burgee("init")).stdout).toBe(`An application on Express.

written  flags.ts
written  flags.json
written  burgee.config.ts

Add the packages:

  npm install @burgee/stores @burgee/express @burgee/cli

Add above the routes of the application:

  import { flagMiddleware } from "@burgee/express";
  import { flags } from "./flags";

  app.use(flagMiddleware(flags, { context: (req) => ({ targetingKey: req.get("x-user") }) }));

Add before it listens:

  await flags.ready({ timeout: 2000 });

Add in a route:

  req.flags.get("new-greeting")
`);
});

test("without a package.json that can be read it says so, and writes nothing", async () => {
  const { burgee, write, files } = await openProject();
  expect(await burgee("init")).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringMatching(/^burgee: There is no package\.json in [^\n]+\n$/),
  });
  for (const text of ["{", "[]", "null"]) {
    await write("package.json", text);
    const { code, stderr } = await burgee("init");
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^burgee: [^\n]+ no JSON[^\n]+\n$/)]);
  }
  expect(await files()).toEqual(["package.json"]);
});
