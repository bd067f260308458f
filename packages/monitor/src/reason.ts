import type { EvaluationDetails, EvaluationErrorCode, Reason } from "@burgee/core";

/** How often a variant was decided in one way. */
export interface ReasonCount {
  readonly reason: Reason;
  readonly errorCode: EvaluationErrorCode | undefined;
  /** What it counts as. */
  readonly name: string;
  count: number;
}

const FAILURES: Readonly<Record<Lowercase<EvaluationErrorCode>, true>> = {
  flag_not_found: true,
  parse_error: true,
  type_mismatch: true,
  general: true,
  provider_not_ready: true,
};

/**
 * What decided, in one word: the reason, `split` where a percentage did, or, of an evaluation that
 * failed, the error. Lower case, as OpenTelemetry writes them.
 */
export function reasonIn({ reason, errorCode, split }: EvaluationDetails<unknown>): string {
  if (errorCode !== undefined) return errorCode.toLowerCase();
  return split === undefined ? reason.toLowerCase() : "split";
}

/** Whether such a word is the error of an evaluation that failed. */
export function isFailure(reason: string): boolean {
  return Object.hasOwn(FAILURES, reason);
}
