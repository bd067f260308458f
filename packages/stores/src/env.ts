import { createHash } from "node:crypto";
import { BurgeeError, type Definitions, type FlagDefinition, type FlagSource } from "@burgee/core";
import { createSubscribers } from "./subscribers.js";

/** Options of {@link envSource}. */
export interface EnvSourceOptions {
  /**
   * The flags there are, as `defineFlags` makes them: then a variable can name only these, and only
   * their variants.
   *
   * @default any flag: an on/off one, or one whose variant is the text
   */
  readonly definitions?: Definitions;
  /** What the names of variables begin with. `@default "FLAG_"` */
  readonly prefix?: string;
  /** The environment. `@default process.env` */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** What a variable says for an on/off flag. */
const spoken: ReadonlyMap<string, boolean> = new Map([
  ["on", true],
  ["true", true],
  ["1", true],
  ["off", false],
  ["false", false],
  ["0", false],
]);

/**
 * Flags that environment variables set: `FLAG_NEW_CHECKOUT=on` serves the variant `on` of
 * `new-checkout` to everybody. On/off flags take `true`, `false`, `1` and `0`, too; any other flag
 * takes a variant's name. An empty variable says nothing. One that names no flag or no variant is a
 * problem, and says nothing either.
 *
 * It has only the flags that are set: put it over another source with `layeredSource`. It reads the
 * environment when it is first subscribed to, and at `refresh()`.
 *
 * @example
 * ```ts
 * import { createFlags, defineFlags } from "@burgee/core";
 * import { envSource } from "@burgee/stores/env";
 * import { fileStore } from "@burgee/stores/file";
 * import { layeredSource } from "@burgee/stores/layered";
 *
 * const definitions = defineFlags({
 *   "new-checkout": { default: false },
 *   "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"] },
 * });
 * // FLAG_SEARCH_RANKING=hybrid
 * const source = layeredSource(fileStore("flags.json"), envSource({ definitions }));
 * const flags = createFlags(definitions, { source });
 * ```
 */
export function envSource({
  definitions,
  prefix = "FLAG_",
  env = process.env,
}: EnvSourceOptions = {}): FlagSource {
  const read = definitions === undefined ? undefinedFlag : definedFlags(definitions);
  let wanted = false;
  const subscribers = createSubscribers({
    start() {
      wanted = true;
      look();
    },
    stop() {
      wanted = false;
    },
  });

  function look(): void {
    const { flags, problems } = flagsIn(env, prefix, read);
    const content = JSON.stringify(Object.entries(flags).sort(([a], [b]) => (a < b ? -1 : 1)));
    const id = createHash("sha256").update(content).digest("hex").slice(0, 16);
    if (id === subscribers.held?.id) subscribers.current();
    else subscribers.next({ id, flagSet: { flags } });
    for (const problem of problems) subscribers.problem(problem);
  }

  return {
    subscribe: subscribers.subscribe,
    async refresh() {
      if (wanted) look();
    },
  };
}

/** The flag a variable sets. */
interface Setting {
  readonly key: string;
  readonly flag: FlagDefinition;
}

/** What a variable sets, or what is wrong with it. */
type Reading = (name: string, text: string) => Setting | string;

function flagsIn(env: NonNullable<EnvSourceOptions["env"]>, prefix: string, read: Reading) {
  const flags = new Map<string, FlagDefinition>();
  const from = new Map<string, string>();
  const problems: BurgeeError[] = [];
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith(prefix) || text === undefined || text === "") continue;
    const setting = read(variable.slice(prefix.length), text);
    const other = typeof setting === "string" ? undefined : from.get(setting.key);
    if (typeof setting === "string") problems.push(invalid(variable, setting));
    else if (other !== undefined) {
      flags.delete(setting.key);
      problems.push(invalid(variable, `means the same flag as ${other}, and neither counts`));
    } else {
      flags.set(setting.key, setting.flag);
      from.set(setting.key, variable);
    }
  }
  return { flags: Object.fromEntries(flags), problems };
}

function invalid(variable: string, what: string): BurgeeError {
  return new BurgeeError("INVALID_VARIABLE", `The environment variable ${variable} ${what}.`);
}

function undefinedFlag(name: string, text: string): Setting | string {
  const key = name.toLowerCase().replaceAll("_", "-");
  if (key === "") return "names no flag";
  const on = spoken.get(text.toLowerCase());
  if (on === undefined) return { key, flag: served({ [text]: text }, text) };
  return { key, flag: served({ on: true, off: false }, on ? "on" : "off") };
}

function definedFlags(definitions: Definitions): Reading {
  const keysOf = new Map<string, string[]>();
  for (const key of Object.keys(definitions)) {
    const name = nameOf(key);
    keysOf.set(name, [...(keysOf.get(name) ?? []), key]);
  }
  return (name, text) => {
    const [key, ...others] = keysOf.get(name) ?? [];
    if (key === undefined) return "names no flag";
    if (others.length > 0) return `may mean any of the flags ${[key, ...others].join(", ")}`;
    const { variants } = definitions[key] as Definitions[string];
    const variant = variantOf(variants, text);
    if (variant !== undefined) return { key, flag: served(variants, variant) };
    const names = Object.keys(variants).join(", ");
    return `names no variant of ${key}, which has ${names}: ${JSON.stringify(text)}`;
  };
}

/** The name a variable has for a flag: `new-checkout` and `newCheckout` are NEW_CHECKOUT. */
function nameOf(key: string): string {
  const words = key.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2");
  return words.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
}

function variantOf(variants: FlagDefinition["variants"], text: string): string | undefined {
  if (Object.hasOwn(variants, text)) return text;
  const value = spoken.get(text.toLowerCase());
  if (value === undefined) return undefined;
  return Object.keys(variants).find((name) => variants[name] === value);
}

function served(variants: FlagDefinition["variants"], defaultVariant: string): FlagDefinition {
  return { state: "ENABLED", variants, defaultVariant };
}
