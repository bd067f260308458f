import type { GuardEvidence, SideCounts } from "./trial.js";

/** Evidence as a text for an audit entry: how much, of what, and where to look. */
export function tellEvidence(flag: string, safe: string, evidence: GuardEvidence): string {
  const { treatment, against, e, threshold, counts, failedTraces, tested, hindrance } = evidence;
  const rival = against === "slo" ? "its slo allows" : safe;
  const sentences = [
    `${flag}=${treatment} fails more often than ${rival}: E ${figure(e)}, and ${figure(threshold)} is enough`,
    `${treatment}: ${tellSide(counts.treatment)}`,
    `${safe}: ${tellSide(counts.safe)}`,
  ];
  if (hindrance !== undefined && !tested) sentences.push(`But ${hindrance}`);
  if (failedTraces.length > 0) sentences.push(`Traces: ${failedTraces.join(", ")}`);
  return `${sentences.join(". ")}.`;
}

function tellSide({ exposures, errors, errorUnits }: SideCounts): string {
  return `${errors} of ${exposures} failed, of ${errorUnits} different units`;
}

function figure(value: number): string {
  return value < 1e6 ? String(Math.round(10 * value) / 10) : value.toExponential(1);
}
