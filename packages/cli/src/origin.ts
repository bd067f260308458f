import { execFile } from "node:child_process";
import { userInfo } from "node:os";
import { promisify } from "node:util";
import type { ChangeOrigin } from "@burgee/core";

/** Who makes a change, and where it comes from. */
export interface Authorship {
  readonly actor: string;
  readonly origin: ChangeOrigin;
}

/**
 * Who runs the command, and on which commit: what the CI says, or else Git. Each can be set by
 * `BURGEE_ACTOR`, `BURGEE_COMMIT`, `BURGEE_BUILD`, `BURGEE_URL`.
 *
 * @param folder a folder of the repository
 * @param file where it is not as committed, the commit that Git says is marked as `-dirty`
 */
export async function readAuthorship(folder: string, file?: string): Promise<Authorship> {
  const { env } = process;
  const ci = servers.find(({ sign }) => env[sign])?.read(env) ?? {};
  const actor =
    env["BURGEE_ACTOR"] ||
    ci.actor ||
    (await git(folder, "config", "user.email")) ||
    (await git(folder, "config", "user.name")) ||
    userName();
  const commit = env["BURGEE_COMMIT"] || ci.commit || (await headOf(folder, file));
  const build = env["BURGEE_BUILD"] || ci.build;
  const url = env["BURGEE_URL"] || ci.url;
  return {
    actor,
    origin: { ...(commit && { commit }), ...(build && { build }), ...(url && { url }) },
  };
}

type Environment = Readonly<Record<string, string | undefined>>;

interface Server {
  /** A variable that only this server sets. */
  readonly sign: string;
  read(env: Environment): Partial<Record<"actor" | "commit" | "build" | "url", string | undefined>>;
}

/** The variables by which build servers say what they build. */
const servers: readonly Server[] = [
  {
    sign: "GITHUB_ACTIONS",
    read: (env) => ({
      actor: env["GITHUB_ACTOR"],
      commit: env["GITHUB_SHA"],
      build: env["GITHUB_RUN_ID"],
      url:
        env["GITHUB_RUN_ID"] &&
        `${env["GITHUB_SERVER_URL"]}/${env["GITHUB_REPOSITORY"]}/actions/runs/${env["GITHUB_RUN_ID"]}`,
    }),
  },
  {
    sign: "GITLAB_CI",
    read: (env) => ({
      actor: env["GITLAB_USER_LOGIN"],
      commit: env["CI_COMMIT_SHA"],
      build: env["CI_PIPELINE_ID"],
      url: env["CI_PIPELINE_URL"],
    }),
  },
  {
    sign: "CIRCLECI",
    read: (env) => ({
      actor: env["CIRCLE_USERNAME"],
      commit: env["CIRCLE_SHA1"],
      build: env["CIRCLE_BUILD_NUM"],
      url: env["CIRCLE_BUILD_URL"],
    }),
  },
  {
    sign: "BUILDKITE",
    read: (env) => ({
      actor: env["BUILDKITE_BUILD_CREATOR_EMAIL"],
      commit: env["BUILDKITE_COMMIT"],
      build: env["BUILDKITE_BUILD_NUMBER"],
      url: env["BUILDKITE_BUILD_URL"],
    }),
  },
  {
    sign: "JENKINS_URL",
    read: (env) => ({
      actor: env["BUILD_USER_ID"],
      commit: env["GIT_COMMIT"],
      build: env["BUILD_NUMBER"],
      url: env["BUILD_URL"],
    }),
  },
];

async function headOf(folder: string, file: string | undefined): Promise<string | undefined> {
  const head = await git(folder, "rev-parse", "HEAD");
  if (head === undefined || file === undefined) return head;
  return (await git(folder, "status", "--porcelain", "--", file)) ? `${head}-dirty` : head;
}

async function git(folder: string, ...args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)("git", args, { cwd: folder });
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
}
