import type {
  EvaluationDetails,
  Exposure,
  FlagKey,
  FlagScope,
  Flags,
  VariantName,
} from "@burgee/core";
import { readsOfTest } from "./reads.js";

/** What {@link flagMatchers} add to `expect`. */
export interface FlagAssertions<Result = unknown> {
  /**
   * That a flag was really read, and, if one is named, in that variant: of a scope or a settlement, in
   * it; of Flags, by any of their scopes in this test.
   */
  toHaveExposed<Key extends FlagKey>(key: Key, variant?: VariantName<Key>): Result;
  /**
   * That a scope serves a flag in that variant, or, of Flags, that they do to a scope that is opened
   * here for nobody in particular. It is no exposure.
   */
  toBeServed<Key extends FlagKey>(key: Key, variant: VariantName<Key>): Result;
}

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: the declaration that is merged with says so
  interface Matchers<T = any> extends FlagAssertions<T> {}
}

/** What a matcher has found. */
interface Finding {
  readonly pass: boolean;
  readonly message: () => string;
}

/**
 * The matchers `toHaveExposed` and `toBeServed`, for `expect.extend`. In tests that import
 * `@burgee/vitest`, or whose project has its setup file, `expect` has them already.
 *
 * @example
 * ```ts
 * import "@burgee/vitest";
 * import type { Flags } from "@burgee/core";
 * import { expect } from "vitest";
 *
 * export async function check(flags: Flags) {
 *   await flags.run({ plan: "pro" }, (scope) => {
 *     expect(scope).toBeServed("search-ranking", "hybrid");
 *     scope.get("search-ranking");
 *   });
 *   expect(flags).toHaveExposed("search-ranking", "hybrid");
 * }
 * ```
 */
export const flagMatchers = {
  toHaveExposed(received: unknown, key: string, variant?: string): Finding {
    const exposures = exposuresOf(received);
    const found = exposures.filter(({ flag }) => flag === key).map((exposure) => exposure.variant);
    const pass = variant === undefined ? found.length > 0 : found.includes(variant);
    const wanted = variant === undefined ? key : `${key}=${variant}`;
    const message = () => {
      const others = exposures.map((one) => `${one.flag}=${one.variant}`);
      const read = found.length > 0 ? found.map((name) => `${key}=${name}`) : others;
      return pass
        ? `Expected ${key} not to be read${variant === undefined ? "" : ` as ${variant}`}, but it was.`
        : `Expected ${wanted} to be read; ${read.length === 0 ? "no flag was" : `read was ${listOf(read)}`}.`;
    };
    return { pass, message };
  },

  toBeServed(received: unknown, key: string, variant: string): Finding {
    const { variant: served, reason, overridden } = peek(received, key);
    const pass = served === variant;
    const how = overridden ? "overridden" : `reason ${reason}`;
    const message = () =>
      served === undefined
        ? `Expected ${key}=${variant} to be served, but ${key} is not defined.`
        : `Expected ${key}=${variant} ${pass ? "not " : ""}to be served; served is ${key}=${served} (${how}).`;
    return { pass, message };
  },
};

function exposuresOf(received: unknown): readonly Exposure[] {
  if (isFlags(received)) {
    const reads = readsOfTest();
    if (reads !== undefined) {
      return reads.filter(({ flags }) => areOf(flags, received)).map(({ exposure }) => exposure);
    }
    throw new TypeError(
      "What Flags have exposed is known in flagTest, flagMatrix and withFlags, and in all tests of a " +
        'project with setupFiles: ["@burgee/vitest/setup"].',
    );
  }
  const { exposures } = Object(received) as { readonly exposures?: readonly Exposure[] };
  if (Array.isArray(exposures)) return exposures;
  throw new TypeError("toHaveExposed needs a scope, a settlement or Flags.");
}

function peek(received: unknown, key: string): EvaluationDetails<unknown> {
  const scope = isFlags(received) ? received.scope({}) : (received as FlagScope | null);
  if (typeof scope?.peek === "function") return scope.peek(key as FlagKey);
  throw new TypeError("toBeServed needs a scope or Flags.");
}

function isFlags(received: unknown): received is Flags {
  return typeof (received as Flags | null)?.scope === "function";
}

/** Whether they are these flags, or, as `FlagsTestingModule` gives them, are made of them. */
function areOf(flags: Flags, received: Flags): boolean {
  return flags === received || Object.prototype.isPrototypeOf.call(flags, received);
}

/** Each once. */
function listOf(reads: readonly string[]): string {
  return [...new Set(reads)].join(", ");
}
