/** A semantic version; build metadata is left out, since it orders nothing. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** The identifiers of a pre-release; none for a release. */
  readonly prerelease: readonly (string | number)[];
}

const RELEASE: Version["prerelease"] = [];

const MAX_LENGTH = 256;

const SUFFIX =
  /^(?:-((?:0|[1-9]\d*|\d*[A-Za-z-][\dA-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][\dA-Za-z-]*))*))?(?:\+[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*)?$/;

/**
 * Reads a semantic version, as flagd does: a `v` before it is passed over, and "1" and "1.2" are
 * versions, too. Undefined for anything else.
 *
 * @see https://semver.org
 */
export function parseVersion(text: string): Version | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  let index = text.startsWith("v") || text.startsWith("V") ? 1 : 0;
  let count = 0;
  let major = 0;
  let minor = 0;
  let patch = 0;
  for (; count < 3; count++) {
    const start = index;
    let number = 0;
    for (; index < text.length; index++) {
      const digit = text.charCodeAt(index) - 0x30;
      if (digit < 0 || digit > 9) break;
      number = number * 10 + digit;
    }
    const digits = index - start;
    if (digits === 0 || number > Number.MAX_SAFE_INTEGER) return undefined;
    if (digits > 1 && text[start] === "0") return undefined;
    if (count === 0) major = number;
    else if (count === 1) minor = number;
    else patch = number;
    if (count === 2 || text[index] !== ".") break;
    index++;
  }
  if (index === text.length) return { major, minor, patch, prerelease: RELEASE };
  const suffix = count === 2 ? SUFFIX.exec(text.slice(index)) : null;
  if (suffix === null) return undefined;
  return { major, minor, patch, prerelease: identifiersIn(suffix[1]) };
}

/** Numbers as such, if they can be told from their neighbours. */
function identifiersIn(prerelease: string | undefined): Version["prerelease"] {
  if (prerelease === undefined) return RELEASE;
  return prerelease.split(".").map((identifier) => {
    const number = isNumeric(identifier) ? Number(identifier) : Number.NaN;
    return number < Number.MAX_SAFE_INTEGER ? number : identifier;
  });
}

function isNumeric(identifier: string | number): boolean {
  return typeof identifier === "number" || /^\d+$/.test(identifier);
}

/** Below 0 if `a` comes first, above 0 if `b` does, 0 if neither. */
export function compareVersions(a: Version, b: Version): number {
  return (
    a.major - b.major ||
    a.minor - b.minor ||
    a.patch - b.patch ||
    comparePrereleases(a.prerelease, b.prerelease)
  );
}

/** A pre-release comes before its release, a shorter one before one that goes on. */
function comparePrereleases(a: Version["prerelease"], b: Version["prerelease"]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return 1;
    const order = compareIdentifiers(left, right);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Numbers by size and before texts, texts by their characters. */
function compareIdentifiers(a: string | number, b: string | number): number {
  const numeric = isNumeric(a);
  if (numeric !== isNumeric(b)) return numeric ? -1 : 1;
  if (numeric) return Math.sign(Number(a) - Number(b));
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
