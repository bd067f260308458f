/** After so long the answers are given up that never came, in milliseconds. */
const PATIENCE = 60_000;

/** The answers of a flag that scopes have waited for in vain, and that may still come. */
export interface Owed {
  /** By `performance.now()`. */
  readonly since: number;
  answers: number;
}

/** Keeps what is owed of each flag, for a minute: an answer that is lost is not owed for ever. */
export function createOwed(): (flag: string) => Owed {
  const byFlag = new Map<string, Owed>();
  return (flag) => {
    const now = performance.now();
    const known = byFlag.get(flag);
    if (known !== undefined && now - known.since < PATIENCE) return known;
    const owed = { since: now, answers: 0 };
    byFlag.set(flag, owed);
    return owed;
  };
}
