import type { Cell } from "./cell.js";
import { BOUNDS, type Timing } from "./histogram.js";
import type { MonitorSnapshot } from "./snapshot.js";

/** The content type of {@link Monitor.prometheus | OpenMetrics text}. */
export const PROMETHEUS_CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** The bounds as OpenMetrics writes them: 1 is `1.0`. */
const LE: readonly string[] = [
  ...BOUNDS.map((bound) => (Number.isInteger(bound) ? bound.toFixed(1) : String(bound))),
  "+Inf",
];

type Labels = Readonly<Record<string, string | undefined>>;

/** One family of metrics: what it is, and a line for each sample. */
interface Family {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly unit?: string;
  readonly help: string;
  readonly samples: readonly string[];
}

/**
 * A snapshot as OpenMetrics text. The names are those that OpenTelemetry's metrics have in Prometheus.
 * No label carries a message, a unit or a trace.
 *
 * @see https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
export function formatPrometheus(snapshot: MonitorSnapshot): string {
  return [...familiesOf(snapshot).flatMap(linesOf), "# EOF", ""].join("\n");
}

function familiesOf({ cells, splits, client }: MonitorSnapshot): Family[] {
  return [
    {
      name: "feature_flag_exposures",
      type: "counter",
      help: "Units of work that read the variant and have ended, by how they failed.",
      samples: cells.flatMap(exposures),
    },
    {
      name: "feature_flag_operation_duration_seconds",
      type: "histogram",
      unit: "seconds",
      help: "How long they took; without those given up early, and without streams.",
      samples: cells.flatMap(durations),
    },
    {
      name: "feature_flag_client_closed",
      type: "counter",
      help: "Those that their caller gave up early.",
      samples: cells.map((cell) =>
        total("feature_flag_client_closed", labelsOf(cell), cell.aborted),
      ),
    },
    {
      name: "feature_flag_streams",
      type: "counter",
      help: "Those that were streams.",
      samples: cells.map((cell) => total("feature_flag_streams", labelsOf(cell), cell.streaming)),
    },
    {
      name: "feature_flag_sample_ratio_p_value",
      type: "gauge",
      help: "How likely so uneven a split is, at most, if nothing is wrong.",
      samples: splits.map(({ flag, split, pValue }) =>
        sample("feature_flag_sample_ratio_p_value", splitLabels(flag, split), pValue),
      ),
    },
    {
      name: "feature_flag_client_exposures",
      type: "counter",
      help: "Visitors whose browser has shown the variant: never to be added to the server's.",
      samples: client.cells.map(({ origin, flag, variant, exposures }) =>
        total(
          "feature_flag_client_exposures",
          { origin, ...errorOf(flag, variant, "") },
          exposures,
        ),
      ),
    },
    {
      name: "feature_flag_client_errors",
      type: "counter",
      help: "Visitors whose browser has reported an error: never to be added to the server's.",
      samples: client.cells.flatMap(({ origin, flag, variant, errors }) =>
        Object.entries(errors).map(([type, count]) =>
          total("feature_flag_client_errors", { origin, ...errorOf(flag, variant, type) }, count),
        ),
      ),
    },
    {
      name: "feature_flag_client_reports_unverified",
      type: "counter",
      help: "Reports of browsers without a valid receipt.",
      samples: [
        total("feature_flag_client_reports_unverified", { origin: "client" }, client.unverified),
      ],
    },
  ];
}

function linesOf({ name, type, unit, help, samples }: Family): string[] {
  return [
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${help}`,
    ...samples,
  ];
}

function exposures(cell: Cell): string[] {
  const name = "feature_flag_exposures";
  const errors = Object.entries(cell.errors);
  const failed = errors.reduce((sum, [, count]) => sum + count, 0);
  return [
    total(name, labelsOf(cell), cell.exposures - failed),
    ...errors.map(([type, count]) => total(name, labelsOf(cell, type), count)),
  ];
}

function durations(cell: Cell): string[] {
  return Object.entries(cell.timings).flatMap(([type, timing]) =>
    histogram("feature_flag_operation_duration_seconds", labelsOf(cell, type), timing),
  );
}

function histogram(name: string, labels: Labels, { seconds, durations }: Timing): string[] {
  const written = write(labels);
  let below = 0;
  const buckets = durations.map((count, bucket) => {
    below += count;
    return `${name}_bucket{${written},le="${LE[bucket]}"} ${below}`;
  });
  return [...buckets, `${name}_sum{${written}} ${seconds}`, `${name}_count{${written}} ${below}`];
}

/** @param type an error type; without one those that did not fail */
function labelsOf({ flag, variant, split, mark }: Cell, type = ""): Labels {
  return {
    ...errorOf(flag, variant, type),
    feature_flag_split_id: split,
    feature_flag_mark: mark,
  };
}

function errorOf(flag: string, variant: string, type: string): Labels {
  return {
    feature_flag_key: flag,
    feature_flag_result_variant: variant,
    error_type: type === "" ? undefined : type,
  };
}

function splitLabels(flag: string, split: string): Labels {
  return { feature_flag_key: flag, feature_flag_split_id: split };
}

function total(name: string, labels: Labels, value: number): string {
  return sample(`${name}_total`, labels, value);
}

function sample(name: string, labels: Labels, value: number): string {
  return `${name}{${write(labels)}} ${value}`;
}

function write(labels: Labels): string {
  const written: string[] = [];
  for (const [label, text] of Object.entries(labels)) {
    if (text !== undefined) written.push(`${label}="${escaped(text)}"`);
  }
  return written.join(",");
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
