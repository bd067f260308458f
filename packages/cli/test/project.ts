import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import type { AuditEntry, FlagChange, FlagSet } from "@burgee/core";
import { fileStore } from "@burgee/stores/file";
import { afterAll, beforeAll, onTestFinished, vi } from "vitest";
import { buildProgram, type Program } from "./build-program.js";

// Each run is a process: many of them take long on a machine that is busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let program: Program;
beforeAll(async () => {
  program = await buildProgram();
});
afterAll(() => program.remove());

/** What a run of the command came to. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output, as `--json` prints it. */
  readonly json: unknown;
}

/** Variables of the environment. */
export type Env = Readonly<Record<string, string>>;

/** What is typed once a text is seen. */
export interface Answer {
  readonly to: string;
  readonly keys: string;
}

/** A folder with an application's flags, where `burgee` is run. */
export interface Project {
  readonly folder: string;
  path(name: string): string;
  write(name: string, content: string | object): Promise<void>;
  read(name: string): Promise<string>;
  /** The names of all files in it. */
  files(): Promise<string[]>;
  /** Runs the command in a process of its own: in the folder, without a terminal. */
  burgee(...args: readonly string[]): Promise<Run>;
  /** The same, with variables of the environment. */
  burgeeWith(env: Env, ...args: readonly string[]): Promise<Run>;
  /** The same on a terminal, where a person sees what is asked, and types an answer. */
  onTerminal(args: readonly string[], answers?: Answer, env?: Env): Promise<Run>;
  /** Commits all of it to a Git repository of its own, and gives the SHA. */
  gitCommit(): Promise<string>;
  /** Commits a change to a file, as a person or a guard does. */
  commit(name: string, change: Partial<FlagChange>): Promise<AuditEntry>;
}

/** Makes a project, which is gone when the test has finished. @param files by name; objects are JSON */
export async function openProject(
  files: Readonly<Record<string, string | object>> = {},
): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), "burgee-cli-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const project: Project = {
    folder,
    path: (name) => join(folder, name),
    async write(name, content) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      const text = typeof content === "string" ? content : `${JSON.stringify(content, null, 2)}\n`;
      await writeFile(join(folder, name), text);
    },
    read: (name) => readFile(join(folder, name), "utf8"),
    files: async () => (await readdir(folder, { recursive: true })).sort(),
    burgee: (...args) => run(folder, {}, args),
    burgeeWith: (env, ...args) => run(folder, env, args),
    onTerminal: (args, answer, env = {}) => runOnTerminal(folder, env, args, answer),
    async gitCommit() {
      const author = ["-c", "user.name=tess", "-c", "user.email=tess@example.com"];
      const git = (...args: string[]) => promisify(execFile)("git", args, { cwd: folder });
      await git("init", "--quiet");
      await git("add", ".");
      await git(...author, "commit", "--quiet", "--message", "flags");
      return (await git("rev-parse", "HEAD")).stdout.trim();
    },
    async commit(name, change) {
      const store = fileStore(join(folder, name));
      const { id: expected } = await store.read();
      return store.commit({ expected, actor: "ada", reason: "a test", kind: "manual", ...change });
    },
  };
  for (const [name, content] of Object.entries(files)) await project.write(name, content);
  return project;
}

/** Packages that a user's modules import, as they are written here. */
const packages = Object.fromEntries(
  ["cli", "core"].map((name) => {
    return [`@burgee/${name}`, resolve(import.meta.dirname, `../../${name}/src/index.ts`)];
  }),
);

/** What of this process's environment a run is given: nothing that says who, where or on what build. */
const { PATH, HOME } = process.env;
const quiet = { PATH, HOME, BURGEE_ACTOR: "tess", JITI_ALIAS: JSON.stringify(packages) };

async function run(folder: string, env: Env, args: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, [program.path, ...args], {
    cwd: folder,
    env: { ...quiet, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return await runOf(child, child.stderr);
}

/** What both streams say is its standard output. */
async function runOnTerminal(
  folder: string,
  env: Env,
  args: readonly string[],
  answer?: Answer,
): Promise<Run> {
  const words = [process.execPath, program.path, ...args];
  const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const sized = `stty columns 120 rows 40; ${quoted}`;
  const child = spawn("script", ["--quiet", "--return", "--command", sized, "/dev/null"], {
    cwd: folder,
    env: { ...quiet, TERM: "xterm", ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let seen = "";
  child.stdout.on("data", (data) => {
    seen += data;
    if (answer === undefined || !seen.includes(answer.to)) return;
    child.stdin.write(answer.keys);
    seen = "";
  });
  return await runOf(child, child.stderr);
}

async function runOf(child: { readonly stdout: Readable } & NodeJS.EventEmitter, errors: Readable) {
  const [stdout, stderr] = [child.stdout, errors].map(textOf) as [Text, Text];
  const [code] = await once(child, "close");
  return {
    code,
    stdout: stdout.text,
    stderr: stderr.text,
    get json() {
      return JSON.parse(stdout.text);
    },
  };
}

interface Text {
  text: string;
}

function textOf(stream: Readable): Text {
  const read = { text: "" };
  stream.setEncoding("utf8").on("data", (data) => {
    read.text += data;
  });
  return read;
}

/** A shop's flags: one off, one that is split, one by a rule. */
export const shop = {
  metadata: { flagSetId: "shop" },
  flags: {
    "new-checkout": {
      state: "ENABLED",
      variants: { on: true, off: false },
      defaultVariant: "off",
      metadata: { owner: "payments" },
    },
    "search-ranking": {
      state: "ENABLED",
      variants: { words: "words", popular: "popular" },
      defaultVariant: "words",
      targeting: {
        fractional: [
          ["words", 50],
          ["popular", 50],
        ],
      },
    },
    "free-shipping": {
      state: "ENABLED",
      variants: { on: true, off: false },
      defaultVariant: "off",
      targeting: { if: [{ "==": [{ var: "country" }, "NL"] }, "on"] },
    },
  },
} as const satisfies FlagSet;
