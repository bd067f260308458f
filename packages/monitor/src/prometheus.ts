import { BOUNDS, type Timing } from "./histogram.js";
import { type Metric, type MetricAttributes, metricsOf } from "./metrics.js";
import type { MonitorSnapshot } from "./snapshot.js";

/** The content type of {@link Monitor.prometheus | OpenMetrics text}. */
export const PROMETHEUS_CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** The bounds as OpenMetrics writes them: 1 is `1.0`. */
const LE: readonly string[] = [
  ...BOUNDS.map((bound) => (Number.isInteger(bound) ? bound.toFixed(1) : String(bound))),
  "+Inf",
];

/** The units as Prometheus has them; it has none of things that are counted. */
const UNITS: Readonly<Record<string, string>> = { s: "seconds" };

/**
 * A snapshot as OpenMetrics text. The names are those that OpenTelemetry's metrics have in Prometheus.
 *
 * @see https://prometheus.io/docs/specs/om/open_metrics_spec/
 * @see https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
 */
export function formatPrometheus(snapshot: MonitorSnapshot): string {
  return [...metricsOf(snapshot).flatMap(linesOf), "# EOF", ""].join("\n");
}

function linesOf(metric: Metric): string[] {
  const unit = UNITS[metric.unit];
  const name = [underscored(metric.name), unit].filter(Boolean).join("_");
  return [
    `# TYPE ${name} ${metric.type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${metric.description}`,
    ...samplesOf(name, metric),
  ];
}

function samplesOf(name: string, metric: Metric): string[] {
  if (metric.type === "histogram") {
    return metric.points.flatMap(({ attributes, value }) => histogram(name, attributes, value));
  }
  const sample = metric.type === "counter" ? `${name}_total` : name;
  return metric.points.map(
    ({ attributes, value }) => `${sample}{${labelsOf(attributes)}} ${number(value)}`,
  );
}

function histogram(
  name: string,
  attributes: MetricAttributes,
  { seconds, durations }: Timing,
): string[] {
  const labels = labelsOf(attributes);
  let below = 0;
  const buckets = durations.map((count, bucket) => {
    below += count;
    return `${name}_bucket{${labels},le="${LE[bucket]}"} ${below}`;
  });
  return [...buckets, `${name}_sum{${labels}} ${seconds}`, `${name}_count{${labels}} ${below}`];
}

function number(value: number): string {
  return value === Number.POSITIVE_INFINITY ? "+Inf" : String(value);
}

function labelsOf(attributes: MetricAttributes): string {
  return Object.entries(attributes)
    .map(([attribute, text]) => `${underscored(attribute)}="${escaped(text)}"`)
    .join(",");
}

function underscored(name: string): string {
  return name.replaceAll(".", "_");
}

/** What a label's text must not hold as it is; half a surrogate pair, too, which UTF-8 has not. */
const SPECIAL = /[\\"\n]|\p{Surrogate}/gu;

function escaped(text: string): string {
  return text.replaceAll(SPECIAL, (special) => ESCAPES.get(special) ?? "\u{FFFD}");
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\\", "\\\\"],
  ['"', '\\"'],
  ["\n", "\\n"],
]);
