import { BOUNDS, type Metric, type Monitor, metricsOf, type Timing } from "@burgee/monitor";
import { type Attributes, type HrTime, ValueType } from "@opentelemetry/api";

// the SDK's numbers and shapes, written out: who has only traces has no SDK to import them from
const CUMULATIVE = 1 as const;
const HISTOGRAM = 0 as const;
const GAUGE = 2 as const;
const SUM = 3 as const;

/** What a reader collects. */
interface CollectionResult {
  resourceMetrics: {
    resource: Resource;
    scopeMetrics: { scope: { name: string }; metrics: ReturnType<typeof dataOf>[] }[];
  };
  errors: unknown[];
}

interface Resource {
  readonly attributes: Attributes;
  merge(other: Resource | null): Resource;
  getRawAttributes(): [];
}

/** Readers keep the resource of their own provider. */
const NO_RESOURCE: Resource = {
  attributes: {},
  merge: (other) => other ?? NO_RESOURCE,
  getRawAttributes: () => [],
};

/**
 * A `MetricProducer` of `@opentelemetry/sdk-metrics` that gives what a monitor has counted, each time
 * a reader asks: nothing is recorded while requests run. Counts are cumulative, since the monitor was created.
 *
 * | metric | unit |
 * |---|---|
 * | `feature_flag.evaluations` | `{evaluation}` |
 * | `feature_flag.exposures` | `{exposure}` |
 * | `feature_flag.operation.duration`, a histogram of 5 ms to 10 s | `s` |
 * | `feature_flag.client_closed`, `feature_flag.streams` | `{exposure}` |
 * | `feature_flag.sample_ratio.p_value`, `feature_flag.guard.evidence` | |
 * | `feature_flag.guard.trips` | `{trip}` |
 * | `feature_flag.client.errors`, `feature_flag.client.reports.unverified` | `{error}`, `{report}` |
 *
 * A metric has 1,200 series at most; the excess is in `_other`. No attribute carries a message.
 *
 * @see https://opentelemetry.io/docs/specs/otel/metrics/sdk/#metricproducer
 *
 * @example
 * ```ts
 * import type { Monitor } from "@burgee/monitor";
 * import { FlagMetricProducer } from "@burgee/opentelemetry";
 * import { metrics } from "@opentelemetry/api";
 * import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
 * import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
 *
 * export function exportCounts(monitor: Monitor) {
 *   const reader = new PeriodicExportingMetricReader({
 *     exporter: new OTLPMetricExporter(),
 *     metricProducers: [new FlagMetricProducer(monitor)],
 *   });
 *   metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
 * }
 * ```
 */
export class FlagMetricProducer {
  readonly #monitor: Pick<Monitor, "snapshot">;

  constructor(monitor: Pick<Monitor, "snapshot">) {
    this.#monitor = monitor;
  }

  async collect(): Promise<CollectionResult> {
    const snapshot = this.#monitor.snapshot();
    const span = { startTime: timeOf(snapshot.startedAt), endTime: timeOf(snapshot.takenAt) };
    const metrics = metricsOf(snapshot)
      .filter(({ points }) => points.length > 0)
      .map((metric) => dataOf(metric, span));
    const scopeMetrics = [{ scope: { name: "@burgee/opentelemetry" }, metrics }];
    return { resourceMetrics: { resource: NO_RESOURCE, scopeMetrics }, errors: [] };
  }
}

/** What all points of a snapshot are about. */
interface TimeSpan {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
}

function dataOf(metric: Metric, span: TimeSpan) {
  const { name, description, unit } = metric;
  const valueType = metric.type === "counter" ? ValueType.INT : ValueType.DOUBLE;
  const described = {
    descriptor: { name, description, unit, valueType },
    aggregationTemporality: CUMULATIVE,
  };
  if (metric.type === "histogram") {
    const dataPoints = metric.points.map(({ attributes, value }) => {
      return { ...span, attributes, value: histogramOf(value) };
    });
    return { ...described, dataPointType: HISTOGRAM, dataPoints };
  }
  const dataPoints = metric.points.map(({ attributes, value }) => {
    return { ...span, attributes, value: Math.min(value, Number.MAX_VALUE) }; // JSON has no infinity
  });
  return metric.type === "counter"
    ? { ...described, dataPointType: SUM, isMonotonic: true, dataPoints }
    : { ...described, dataPointType: GAUGE, dataPoints };
}

function histogramOf({ seconds, durations }: Timing) {
  return {
    buckets: { boundaries: [...BOUNDS], counts: [...durations] },
    sum: seconds,
    count: durations.reduce((sum, count) => sum + count, 0),
  };
}

function timeOf(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1000);
  return [seconds, Math.round((milliseconds - 1000 * seconds) * 1e6)];
}
