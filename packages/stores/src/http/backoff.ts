/** How long to wait after each failure in a row: twice as long as before, and never all at once. */
export interface Backoff {
  /** The next wait, in milliseconds. */
  next(): number;
  /** Begins anew: it succeeded. */
  reset(): void;
}

/**
 * @param first the longest wait after the first failure, in milliseconds; the shortest is half of it
 * @param longest the longest wait there is
 */
export function createBackoff(first: number, longest: number): Backoff {
  let failures = 0;
  return {
    next() {
      const wait = Math.min(first * 2 ** failures++, longest);
      return wait * (0.5 + Math.random() / 2);
    },
    reset() {
      failures = 0;
    },
  };
}
