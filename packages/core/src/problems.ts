import type { BurgeeError, ErrorCode } from "./errors.js";

/** How many problems are told per revision: a hostile key must not fill the memory. */
const MAX_PROBLEMS = 1000;

/** Tells each problem once per revision. */
export interface Problems {
  /** Tells a problem, unless one of that code and subject (a flag, a method) was told already. */
  once(code: ErrorCode, subject: string, problem: () => BurgeeError): void;
  /** Begins anew: with another revision, every problem may be told again. */
  renew(): void;
}

export function createProblems(tell: (problem: BurgeeError) => void): Problems {
  const told = new Set<string>();
  return {
    once(code, subject, problem) {
      const key = `${code} ${subject}`;
      if (told.has(key) || told.size >= MAX_PROBLEMS) return;
      told.add(key);
      tell(problem());
    },
    renew: () => told.clear(),
  };
}
