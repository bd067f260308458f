import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { BurgeeConfig } from "./config.js";
import { Failure } from "./failure.js";
import { loadModule } from "./load-module.js";

/** The options that every command has. */
export interface GlobalOptions {
  readonly config?: string;
  readonly file?: string;
  readonly store?: string;
  readonly key?: string;
  readonly definitions?: string[];
}

/** What a command goes by: the command line, then the environment, then the configuration. */
export interface Settings {
  /** The folder that the project is in: of the configuration, or where the command was run. */
  readonly root: string;
  /** The absolute path of the flag document in Git. */
  readonly file: string;
  /** The absolute path or the URL of the store. */
  readonly store: string;
  /** What the flag set is called in Redis. */
  readonly key: string | undefined;
  /** What the history is signed with. */
  readonly auditKey: string | undefined;
  /** The absolute paths of the modules that define flags. */
  readonly definitions: readonly string[];
  /** Globs, from the root. */
  readonly sources: readonly string[] | undefined;
  /** The absolute path of a file of contexts. */
  readonly contexts: string | undefined;
}

/** @throws Failure `usage` for a configuration that cannot be used */
export async function readSettings(options: GlobalOptions): Promise<Settings> {
  const { env } = process;
  const found =
    options.config ?? env["BURGEE_CONFIG"] ?? configNames.find((name) => existsSync(name));
  const config = found === undefined ? {} : await loadConfig(resolve(found));
  const root = found === undefined ? process.cwd() : dirname(resolve(found));

  function placeOf(option: string | undefined, variable: string, field?: string) {
    const here = option ?? (env[variable] || undefined);
    if (here !== undefined) return isUrl(here) ? here : resolve(here);
    return field === undefined || isUrl(field) ? field : resolve(root, field);
  }

  const file = placeOf(options.file, "BURGEE_FILE", config.file) ?? resolve(root, "flags.json");
  const definitions = options.definitions ?? listOf(config.definitions);
  const from = options.definitions === undefined ? root : process.cwd();
  return {
    root,
    file,
    store: placeOf(options.store, "BURGEE_STORE", config.store) ?? file,
    key: options.key ?? (env["BURGEE_KEY"] || config.key),
    auditKey: env["BURGEE_AUDIT_KEY"] || undefined,
    definitions: (definitions ?? []).map((path) => resolve(from, path)),
    sources: listOf(config.sources),
    contexts: config.contexts === undefined ? undefined : resolve(root, config.contexts),
  };
}

/** Whether it is a URL, rather than a path. */
export function isUrl(text: string): boolean {
  return /^[a-z][a-z\d+.-]+:\/\//i.test(text);
}

const configNames = ["burgee.config.ts", "burgee.config.mjs", "burgee.config.js"];

async function loadConfig(path: string): Promise<BurgeeConfig> {
  if (!existsSync(path)) {
    throw new Failure("usage", `There is no configuration at ${path}; name another with --config.`);
  }
  const { default: config } = await loadModule(path);
  if (typeof config !== "object" || config === null) {
    const what = `${path} has no configuration: let it \`export default defineConfig({ … })\`.`;
    throw new Failure("usage", what);
  }
  for (const [name, value] of Object.entries(config)) {
    const fault = !Object.hasOwn(fields, name)
      ? `knows no ${JSON.stringify(name)}; it knows ${Object.keys(fields).join(", ")}`
      : fields[name as keyof BurgeeConfig](value);
    if (fault) throw new Failure("usage", `${path} ${fault}.`);
  }
  return config;
}

type Check = (value: unknown) => string | false;

const text =
  (name: string): Check =>
  (value) =>
    value !== undefined && typeof value !== "string" && `needs a text for ${name}`;

const texts =
  (name: string): Check =>
  (value) =>
    [value].flat().some((each) => each !== undefined && typeof each !== "string") &&
    `needs a text, or a list of texts, for ${name}`;

/** What is wrong with each field, if anything is. */
const fields: Readonly<Record<keyof BurgeeConfig, Check>> = {
  file: text("file"),
  store: text("store"),
  key: text("key"),
  definitions: texts("definitions"),
  sources: texts("sources"),
  contexts: text("contexts"),
};

function listOf(value: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof value === "string" ? [value] : value;
}
