import { attributeValue } from "../context.js";
import { compareVersions, parseVersion, type Version } from "../semver.js";
import { type Closure, eager, type Operator, type Place } from "./operator.js";

/**
 * flagd's comparison of versions; null for what is no version, and for an unknown comparison.
 *
 * @see https://flagd.dev/reference/custom-operations/semver-operation/
 */
export const version: Readonly<Record<string, Operator>> = { sem_ver: semVer };

type Test = (a: Version, b: Version) => boolean;

const tests: ReadonlyMap<string, Test> = new Map<string, Test>([
  ["=", (a, b) => compareVersions(a, b) === 0],
  ["!=", (a, b) => compareVersions(a, b) !== 0],
  ["<", (a, b) => compareVersions(a, b) < 0],
  ["<=", (a, b) => compareVersions(a, b) <= 0],
  [">", (a, b) => compareVersions(a, b) > 0],
  [">=", (a, b) => compareVersions(a, b) >= 0],
  ["^", (a, b) => a.major === b.major],
  ["~", (a, b) => a.major === b.major && a.minor === b.minor],
]);

function semVer(place: Place): Closure {
  const [given, comparison, other] = place.args;
  const name = place.attributeOf(given);
  if (name !== undefined && typeof comparison === "string" && typeof other === "string") {
    const test = tests.get(comparison);
    const right = parseVersion(other);
    if (place.args.length !== 3 || test === undefined || right === undefined) return () => null;
    return place.unframed((context) => {
      const left = versionOf(attributeValue(context[name]));
      return left === undefined ? null : test(left, right);
    });
  }
  return eager((args) => {
    const test = tests.get(args[1] as string);
    const left = versionOf(args[0]);
    const right = versionOf(args[2]);
    if (args.length !== 3 || test === undefined) return null;
    return left === undefined || right === undefined ? null : test(left, right);
  })(place);
}

function versionOf(value: unknown): Version | undefined {
  return typeof value === "string" || typeof value === "number"
    ? parseVersion(String(value))
    : undefined;
}
