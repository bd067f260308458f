import type { Cell } from "./cell.js";
import type { Timing } from "./histogram.js";
import { isFailure } from "./reason.js";
import type { MonitorSnapshot } from "./snapshot.js";

/** What tells the series of a metric apart; never a message, a user or a trace. */
export type MetricAttributes = Readonly<Record<string, string>>;

/** One series of a metric, and where it stands. */
export interface MetricPoint<Value> {
  readonly attributes: MetricAttributes;
  readonly value: Value;
}

/** What a metric is. */
interface Described {
  /** Its name in OpenTelemetry. */
  readonly name: string;
  /** Its unit, after UCUM; empty for what has none. */
  readonly unit: string;
  readonly description: string;
}

/** A metric of a monitor, of all that was counted since the snapshot's `startedAt`. */
export type Metric =
  | (Described & {
      readonly type: "counter" | "gauge";
      readonly points: readonly MetricPoint<number>[];
    })
  | (Described & {
      /** Its bounds are {@link BOUNDS}. */
      readonly type: "histogram";
      readonly points: readonly MetricPoint<Timing>[];
    });

/**
 * A snapshot as metrics, with the names that OpenTelemetry would give them: what `monitor.prometheus()`
 * writes, and what `@burgee/opentelemetry` exports. A metric has 1,200 points at most.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/registry/attributes/feature-flag/
 *
 * @example
 * ```ts
 * import { metricsOf, type Monitor } from "@burgee/monitor";
 *
 * export function send(monitor: Monitor, gauge: (name: string, value: number) => void) {
 *   for (const { name, type, points } of metricsOf(monitor.snapshot())) {
 *     if (type !== "histogram") for (const { value } of points) gauge(name, value);
 *   }
 * }
 * ```
 */
export function metricsOf({ cells, splits, guards, client }: MonitorSnapshot): readonly Metric[] {
  return [
    {
      name: "feature_flag.evaluations",
      type: "counter",
      unit: "{evaluation}",
      description: "How often the variant was decided, by reason; of failed ones by error.",
      points: evaluations(cells),
    },
    {
      name: "feature_flag.exposures",
      type: "counter",
      unit: "{exposure}",
      description: "Units of work that read the variant and have ended, by how they failed.",
      points: cells.flatMap(exposures),
    },
    {
      name: "feature_flag.operation.duration",
      type: "histogram",
      unit: "s",
      description: "How long they took; without those given up early, and without streams.",
      points: cells.flatMap(durations),
    },
    {
      name: "feature_flag.client_closed",
      type: "counter",
      unit: "{exposure}",
      description: "Those that their caller gave up early.",
      points: cells.map((cell) => ({ attributes: attributesOf(cell), value: cell.aborted })),
    },
    {
      name: "feature_flag.streams",
      type: "counter",
      unit: "{exposure}",
      description: "Those that were streams.",
      points: cells.map((cell) => ({ attributes: attributesOf(cell), value: cell.streaming })),
    },
    {
      name: "feature_flag.sample_ratio.p_value",
      type: "gauge",
      unit: "",
      description: "How likely so uneven a split is, at most, if nothing is wrong.",
      points: splits.map(({ flag, split, pValue }) => ({
        attributes: { "feature_flag.key": flag, "feature_flag.split.id": split },
        value: pValue,
      })),
    },
    {
      name: "feature_flag.guard.evidence",
      type: "gauge",
      unit: "",
      description: "How strong the evidence is that the variant fails more often: 1 is none.",
      points: guards.map((guarded) => ({ attributes: variantOf(guarded), value: guarded.e })),
    },
    {
      name: "feature_flag.guard.trips",
      type: "counter",
      unit: "{trip}",
      description: "Trips that this process has written because of the variant.",
      points: guards.map((guarded) => ({ attributes: variantOf(guarded), value: guarded.trips })),
    },
    {
      name: "feature_flag.client.exposures",
      type: "counter",
      unit: "{exposure}",
      description:
        "Visitors whose browser has shown the variant: never to be added to the server's.",
      points: client.cells.map((cell) => ({
        attributes: { origin: cell.origin, ...variantOf(cell) },
        value: cell.exposures,
      })),
    },
    {
      name: "feature_flag.client.errors",
      type: "counter",
      unit: "{error}",
      description:
        "Visitors whose browser has reported an error: never to be added to the server's.",
      points: client.cells.flatMap((cell) =>
        Object.entries(cell.errors).map(([type, value]) => ({
          attributes: { origin: cell.origin, ...variantOf(cell), ...failedBy(type) },
          value,
        })),
      ),
    },
    {
      name: "feature_flag.client.reports.unverified",
      type: "counter",
      unit: "{report}",
      description: "Reports of browsers without a valid receipt.",
      points: [{ attributes: { origin: "client" }, value: client.unverified }],
    },
  ];
}

/** By flag, variant and reason, whatever the split: some cells count for the same. */
function evaluations(cells: readonly Cell[]): readonly MetricPoint<number>[] {
  const points = new Map<string, MetricPoint<number>>();
  for (const { flag, variant, reasons } of cells) {
    for (const [reason, count] of Object.entries(reasons)) {
      const name = JSON.stringify([flag, variant, reason]);
      const attributes = { ...variantOf({ flag, variant }), ...decidedBy(reason) };
      points.set(name, { attributes, value: (points.get(name)?.value ?? 0) + count });
    }
  }
  return [...points.values()];
}

function exposures(cell: Cell): readonly MetricPoint<number>[] {
  const errors = Object.entries(cell.errors);
  const failed = errors.reduce((sum, [, count]) => sum + count, 0);
  return [
    { attributes: attributesOf(cell), value: cell.exposures - failed },
    ...errors.map(([type, value]) => ({ attributes: attributesOf(cell, type), value })),
  ];
}

function durations(cell: Cell): readonly MetricPoint<Timing>[] {
  return Object.entries(cell.timings).map(([type, value]) => ({
    attributes: attributesOf(cell, type),
    value,
  }));
}

/** @param type an error type; without one those that did not fail */
function attributesOf(cell: Cell, type = ""): MetricAttributes {
  const { split, mark } = cell;
  return {
    ...variantOf(cell),
    ...(type !== "" && failedBy(type)),
    ...(split !== undefined && { "feature_flag.split.id": split }),
    ...(mark !== undefined && { "feature_flag.mark": mark }),
  };
}

function variantOf({ flag, variant }: { readonly flag: string; readonly variant: string }) {
  return { "feature_flag.key": flag, "feature_flag.result.variant": variant };
}

function failedBy(errorType: string) {
  return { "error.type": errorType };
}

function decidedBy(reason: string) {
  return isFailure(reason)
    ? { "feature_flag.result.reason": "error", ...failedBy(reason) }
    : { "feature_flag.result.reason": reason };
}
