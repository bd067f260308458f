/** What a check has found in a flag document. */
export interface Finding {
  /** Which check has found it. */
  readonly check:
    | "schema"
    | "definitions"
    | "operators"
    | "names"
    | "unreachable"
    | "weights"
    | "requires";
  /** A `warning` fails only where `--strict` is asked for. */
  readonly severity: "error" | "warning";
  /** The flag's key, if it is about one. */
  readonly flag?: string;
  /** Where it is: an RFC 6901 JSON pointer into the document. */
  readonly pointer: string;
  readonly message: string;
}

/** One reference token of a JSON pointer, escaped as RFC 6901 asks. */
export function token(key: string | number): string {
  return `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** The pointer of a flag. */
export function flagPointer(key: string): string {
  return `/flags${token(key)}`;
}
