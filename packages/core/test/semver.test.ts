import fc from "fast-check";
import { coerce, compare, parse } from "semver";
import { expect, test } from "vitest";
import { compareVersions, parseVersion } from "../src/semver.js";

const number = fc.oneof(fc.nat({ max: 12 }), fc.maxSafeNat()).map(String);
const identifier = fc.oneof(number, fc.stringMatching(/^[0-9A-Za-z-]{1,4}$/));
const suffix = (sign: string) =>
  fc.oneof(
    fc.constant(""),
    fc.array(identifier, { minLength: 1, maxLength: 3 }).map((ids) => sign + ids.join(".")),
  );
const version = fc
  .tuple(number, number, number, suffix("-"), suffix("+"))
  .map(
    ([major, minor, patch, prerelease, build]) => `${major}.${minor}.${patch}${prerelease}${build}`,
  );

test("a text is a version if it is one for node-semver", () => {
  fc.assert(
    fc.property(fc.oneof(version, fc.stringMatching(/^[v0-9a.+-]{0,12}$/)), (text) => {
      const theirs =
        parse(text.replace(/^v/i, "")) ?? (/^v?\d+(\.\d+)?$/i.test(text) ? coerce(text) : null);
      const ours = parseVersion(text);
      expect(ours && [ours.major, ours.minor, ours.patch, ours.prerelease]).toEqual(
        theirs === null ? undefined : [theirs.major, theirs.minor, theirs.patch, theirs.prerelease],
      );
    }),
    { numRuns: 5000 },
  );
});

test("versions are ordered as node-semver orders them", () => {
  fc.assert(
    fc.property(version, version, (a, b) => {
      fc.pre(parse(a) !== null && parse(b) !== null);
      const [left, right] = [parseVersion(a), parseVersion(b)];
      if (left === undefined || right === undefined) throw new Error("no version");
      expect(Math.sign(compareVersions(left, right))).toBe(compare(a, b));
    }),
    { numRuns: 5000 },
  );
});

test("the specification's own order holds", () => {
  const order = [
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "2.0.0",
    "2.1.0",
    "2.1.1",
  ];
  const versions = order.map(
    (text) => parseVersion(text) as NonNullable<ReturnType<typeof parseVersion>>,
  );
  expect([...versions].reverse().sort(compareVersions)).toEqual(versions);
});

test.each([
  " 1.2.3",
  "1.2.3 ",
  "1.2.3.4",
  "01.2.3",
  "1.2.3-01",
  "1.2-rc",
  "",
  "v",
  "1.",
  ".1",
  "1.2.",
  `1.2.3-${"a".repeat(256)}`,
  "9007199254740992.0.0",
])("%j is no version", (text) => {
  expect(parseVersion(text)).toBeUndefined();
});
