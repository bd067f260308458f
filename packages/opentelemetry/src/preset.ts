import type { AttributeValue } from "@opentelemetry/api";

/** How many flags a span, an exception or a log record carries; those that come later are left out. */
export const MAX_FLAGS = 32;

/**
 * How flags are written:
 *
 * - `attributes`: `feature_flags.<key>` is the variant's name
 * - `list`: `feature_flags` is `["<key>=<variant>", …]`, for back ends that count attributes' names
 * - `sentry`: `flag.evaluation.<key>`, as Sentry names it; `on` and `off` are `true` and `false`
 * - `off`: not at all
 *
 * @see https://getsentry.github.io/sentry-conventions/
 */
export type FlagPreset = "attributes" | "list" | "sentry" | "off";

/** What flags are written on. */
export interface Written {
  setAttribute(name: string, value: AttributeValue): unknown;
}

interface Writer {
  /** Writes a flag that has come to others. */
  add(written: Written, flag: string, variant: string, all: ReadonlyMap<string, string>): void;
  /** Writes all of them. */
  all(written: Written, all: ReadonlyMap<string, string>): void;
}

/** How each preset writes. */
export const writers: Readonly<Record<FlagPreset, Writer>> = {
  attributes: oneByOne("feature_flags.", (variant) => variant),
  list: { add: (span, _flag, _variant, all) => writeList(span, all), all: writeList },
  sentry: oneByOne("flag.evaluation.", asBoolean),
  off: { add() {}, all() {} },
};

function oneByOne(prefix: string, shownAs: (variant: string) => AttributeValue): Writer {
  const names = new Map<string, string>(); // to put one together costs more than to write it
  const add: Writer["add"] = (written, flag, variant) => {
    let name = names.get(flag);
    if (name === undefined) {
      name = prefix + flag;
      names.set(flag, name);
    }
    written.setAttribute(name, shownAs(variant));
  };
  return {
    add,
    all(written, all) {
      for (const [flag, variant] of all) add(written, flag, variant, all);
    },
  };
}

function writeList(written: Written, all: ReadonlyMap<string, string>): void {
  written.setAttribute(
    "feature_flags",
    Array.from(all, ([flag, variant]) => `${flag}=${variant}`),
  );
}

function asBoolean(variant: string): AttributeValue {
  return variant === "on" || (variant === "off" ? false : variant);
}

/** Writes into an object. */
export function into(attributes: Record<string, AttributeValue | undefined>): Written {
  return {
    setAttribute(name, value) {
      attributes[name] = value;
    },
  };
}
