/** A sample of an exposition. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric family of an exposition. */
export interface MetricFamily {
  readonly name: string;
  readonly type: string;
  readonly unit?: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[n"\\\\])*"';
const NUMBER = "[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?|[+-]Inf|NaN";
const SAMPLE = new RegExp(`^(${NAME})(?:\\{((?:${LABEL}(?:,${LABEL})*)?)\\})? (${NUMBER})$`);
const DESCRIPTION = new RegExp(`^# (TYPE|UNIT|HELP) (${NAME}) (.*)$`);

/** The samples a family of a type has. */
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ["_total", "_created"],
  gauge: [""],
  histogram: ["_bucket", "_sum", "_count", "_created"],
};

/**
 * OpenMetrics text, as strictly as its grammar and its rules are: each family once and together, its
 * descriptions before its samples, no sample twice, bounds in order, the end marked.
 *
 * @throws Error with the line that breaks a rule
 * @see https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
export function parseOpenMetrics(text: string): MetricFamily[] {
  if (!text.endsWith("\n# EOF\n")) throw new Error("the end is not marked");
  const families = new Map<string, MetricFamily & { samples: Sample[] }>();
  const seen = new Set<string>();
  let current: (MetricFamily & { samples: Sample[] }) | undefined;
  for (const line of text.slice(0, -"# EOF\n".length).split("\n").slice(0, -1)) {
    const fault = (what: string) => new Error(`${what}: ${line}`);
    const [, kind, described = "", rest = ""] = DESCRIPTION.exec(line) ?? [];
    if (kind !== undefined) {
      if (current?.name !== described) {
        if (families.has(described)) throw fault("a family that was left already");
        current = { name: described, type: "", help: "", samples: [] };
        families.set(described, current);
      }
      if (current.samples.length > 0) throw fault("a description after samples");
      if (kind === "TYPE" && !(rest in SUFFIXES)) throw fault("an unknown type");
      if (kind === "UNIT" && !described.endsWith(`_${rest}`)) throw fault("a unit not in the name");
      if (kind === "HELP" && /\\(?![n\\"])/.test(rest)) throw fault("a bad escape");
      Object.assign(current, { [kind.toLowerCase()]: rest });
      continue;
    }
    const [, name = "", labels = "", value = ""] = SAMPLE.exec(line) ?? [];
    if (name === "") throw fault("no sample");
    if (current === undefined) throw fault("a sample without a family");
    const suffix = name.startsWith(current.name) ? name.slice(current.name.length) : undefined;
    if (!SUFFIXES[current.type]?.includes(suffix as string)) throw fault("a sample of no family");
    const sample = { name, labels: labelsIn(labels, fault), value: Number(value) };
    const identity = JSON.stringify([name, Object.entries(sample.labels).sort()]);
    if (seen.has(identity)) throw fault("a sample twice");
    seen.add(identity);
    current.samples.push(sample);
  }
  for (const family of families.values()) checkFamily(family);
  return [...families.values()];
}

function labelsIn(text: string, fault: (what: string) => Error): Record<string, string> {
  const found = [...text.matchAll(new RegExp(LABEL, "g"))].map(([label]) => {
    const [, name = "", value = ""] = /^([^=]*)="([\s\S]*)"$/.exec(label) ?? [];
    return [
      name,
      value.replaceAll(/\\(.)/g, (_, one: string) => (one === "n" ? "\n" : one)),
    ] as const;
  });
  if (new Set(found.map(([name]) => name)).size < found.length) throw fault("a label twice");
  return Object.fromEntries(found);
}

function checkFamily({ name, type, samples }: MetricFamily): void {
  const fault = (what: string) => new Error(`${what} in ${name}`);
  if (type === "") throw fault("no type");
  if (type === "counter" && samples.some(({ value }) => !(value >= 0))) throw fault("a bad count");
  if (type !== "histogram") return;
  const series = new Map<string, Sample[]>();
  for (const sample of samples) {
    const { le: _, ...labels } = sample.labels;
    const key = JSON.stringify(labels);
    series.set(key, [...(series.get(key) ?? []), sample]);
  }
  for (const points of series.values()) {
    const buckets = points.filter((point) => point.name.endsWith("_bucket"));
    const bounds = buckets.map(({ labels: { le = "" } }) => le);
    if (bounds.at(-1) !== "+Inf") throw fault("no last bucket");
    if (bounds.slice(0, -1).some((le) => !/^\d+\.\d+$/.test(le))) throw fault("a bound");
    const pairs = buckets.slice(1).map((bucket, index) => [buckets[index] as Sample, bucket]);
    for (const [before, after] of pairs as [Sample, Sample][]) {
      if (after.value < before.value) throw fault("a bucket that is smaller");
      const [lower, upper] = [before, after].map(({ labels: { le } }) =>
        Number(le?.replace("+Inf", "Infinity")),
      );
      if (!((lower as number) < (upper as number))) throw fault("bounds out of order");
    }
    const count = points.find((point) => point.name.endsWith("_count"));
    const sum = points.find((point) => point.name.endsWith("_sum"));
    if (count?.value !== buckets.at(-1)?.value) throw fault("a count that is not its buckets'");
    if (sum === undefined) throw fault("no sum");
  }
}
