import { murmur3 } from "./murmur3.mjs";
import { missing } from "./spec.mjs";

/**
 * What the two limits share: hand-written closures in a Map, which serve details made in advance.
 * They know the four kinds of the spec and nothing else.
 *
 * @typedef {Readonly<{ value: boolean | string, variant: string, reason: string }>} Details
 * @typedef {(context: import("./spec.mjs").Context) => Details} Closure
 */

const missingDetails = Object.freeze({
  value: false,
  reason: "ERROR",
  errorCode: "FLAG_NOT_FOUND",
});

/** The spec itself is the document. */
export const prepare = JSON.stringify;

/**
 * Loads a document whose flags a limit compiles.
 *
 * @param {string} document
 * @param {(flag: import("./spec.mjs").Flag) => Closure} compile
 */
export function loadLimit(document, compile) {
  const flags = JSON.parse(document);
  const keys = flags.map(({ key }) => key);
  const closures = new Map();
  for (const flag of flags) closures.set(flag.key, compile(flag));
  return {
    context: (context) => context,
    evaluate(index, context) {
      const closure = closures.get(index < 0 ? missing : keys[index]);
      return closure === undefined ? missingDetails : closure(context);
    },
    value: (details) => details.value,
    evaluateAll(context) {
      const all = new Map();
      for (const [key, closure] of closures) all.set(key, closure(context));
      return all;
    },
    values: (all) => [...all].map(([key, details]) => [key, details.value]),
    close() {},
  };
}

/**
 * The details of each variant, by its name.
 *
 * @param {import("./spec.mjs").Flag} flag
 * @returns {Record<string, Details>}
 */
export function detailsOf({ variants, rollout, rules }) {
  const reason = rollout ? "SPLIT" : rules.length > 0 ? "TARGETING_MATCH" : "STATIC";
  const details = (value) => Object.freeze({ value, variant: String(value), reason });
  return Object.fromEntries(variants.map((value) => [String(value), details(value)]));
}

/** What decides a rollout: the seed of its hash, and the hashes that are in. */
export function splitOf(/** @type {import("./spec.mjs").Flag} */ { key, rollout }) {
  return { seed: murmur3(key, 0), end: (0x100000000 * rollout.pct) / 100 };
}

/**
 * Whether a version is at least another, without allocation.
 *
 * @param {string} version
 * @param {number} major
 * @param {number} minor
 * @param {number} patch
 */
export function isAtLeast(version, major, minor, patch) {
  let part = 0;
  let number = 0;
  for (let index = 0; index <= version.length; index++) {
    const code = index < version.length ? version.charCodeAt(index) : 46;
    if (code === 46) {
      const least = part === 0 ? major : part === 1 ? minor : patch;
      if (number !== least) return number > least;
      part++;
      number = 0;
    } else {
      number = number * 10 + code - 48;
    }
  }
  return true;
}
