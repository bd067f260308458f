import { createHash } from "node:crypto";
import {
  BurgeeError,
  type FlagDefinition,
  type FlagSet,
  type FlagSource,
  type Revision,
  type RevisionDelta,
} from "@burgee/core";
import { createLayer, type Layer, type LayerHealth } from "./layered/layer.js";
import { createSubscribers } from "./subscribers.js";

export type { LayerHealth };

/** A source with a name, by which its problems and its health are told. */
export interface NamedLayer {
  readonly name: string;
  readonly source: FlagSource;
}

/** Sources laid over each other. */
export interface LayeredSource extends FlagSource {
  /** How each layer is, the lowest first. */
  readonly layers: readonly LayerHealth[];
}

/** How long the first revision waits for layers that say nothing, in milliseconds. */
const PATIENCE = 1000;

/**
 * Lays sources over each other: of each flag, of each shared rule and of each entry of the metadata,
 * the last source that has it wins.
 *
 * A layer that is out keeps its last known part, and its problem is told with its name: as any flag
 * may be its, all of the flags are then in an outage, and their age counts from when that layer was
 * last verified. The first revision waits for every layer, for a second; then what is there serves,
 * and a layer that never came counts as infinitely old: flags with `maxStaleness` serve their default.
 *
 * @param sources the lowest first; `{ name, source }` names one
 * @throws BurgeeError `INVALID_OPTIONS` if there are none
 *
 * @example
 * ```ts
 * import { envSource } from "@burgee/stores/env";
 * import { httpSource } from "@burgee/stores/http";
 * import { layeredSource } from "@burgee/stores/layered";
 *
 * const source = layeredSource(
 *   { name: "company", source: httpSource("https://flags.example.com/flags.json") },
 *   { name: "local", source: envSource() },
 * );
 * for (const { name, status, problem } of source.layers) console.log(name, status, problem?.message);
 * ```
 */
export function layeredSource(...sources: readonly (FlagSource | NamedLayer)[]): LayeredSource {
  if (sources.length === 0) {
    throw new BurgeeError("INVALID_OPTIONS", "layeredSource needs a source to lay.");
  }
  const subscribers = createSubscribers({ start, stop });
  let running = false;
  let open = false;
  let patience: NodeJS.Timeout | undefined;
  /** When what was told last was verified; undefined if it was then. */
  let toldSince: number | undefined;

  const layers: readonly Layer[] = sources.map((given, index) => {
    const named = "source" in given ? given : { name: String(index + 1), source: given };
    return createLayer(named.name, named.source, {
      changed: (delta) => publish(index, delta),
      doubted: () => publish(),
      problem: (problem) => running && subscribers.problem(problem),
    });
  });

  function publish(changed?: number, delta?: RevisionDelta): void {
    if (!running) return;
    const opened = open;
    open ||= layers.every(({ heard }) => heard);
    if (!open || layers.every(({ ruleset }) => ruleset === undefined)) return;
    const { held } = subscribers;
    const id = idOf(layers);
    const since = doubtOf(layers);
    if (held?.id !== id) {
      const edits = opened && held && delta && changed !== undefined;
      tell(id, since, edits ? deltaOf(held.id, delta, layers, changed) : undefined);
    } else if (since === undefined) {
      toldSince = undefined;
      subscribers.current();
    } else if (since !== toldSince) tell(id, since, { from: id });
  }

  function tell(id: string, since: number | undefined, delta: RevisionDelta | undefined): void {
    toldSince = since;
    subscribers.next(revisionOf(id, layers, delta, since));
  }

  function start(): void {
    running = true;
    open = false;
    for (const layer of layers) layer.start();
    if (!open) patience = setTimeout(giveUp, PATIENCE).unref();
  }

  /** What is there serves; the last one missing opens the rest. */
  function giveUp(): void {
    const silent = new Error(`its source has said nothing for ${PATIENCE} ms`);
    for (const layer of layers) if (!layer.heard) layer.fail(silent);
  }

  function stop(): void {
    running = false;
    clearTimeout(patience);
    for (const layer of layers) layer.stop();
  }

  async function refresh(): Promise<void> {
    if (running) await Promise.all(layers.map((layer) => layer.refresh?.()));
  }

  return {
    subscribe: subscribers.subscribe,
    get layers() {
      return layers.map(({ health }) => health);
    },
    ...(layers.some(({ refresh }) => refresh !== undefined) && { refresh }),
  };
}

/** When the layer that is longest in doubt was last verified; undefined if none is in doubt. */
function doubtOf(layers: readonly Layer[]): number | undefined {
  const since = layers.flatMap(({ doubtfulSince }) => doubtfulSince ?? []);
  return since.length === 0 ? undefined : Math.min(...since);
}

function idOf(layers: readonly Layer[]): string {
  const ids = JSON.stringify(layers.map(({ revision }) => revision ?? null));
  return createHash("sha256").update(ids).digest("hex").slice(0, 16);
}

function revisionOf(
  id: string,
  layers: readonly Layer[],
  delta: RevisionDelta | undefined,
  verifiedAt: number | undefined,
): Revision {
  const rulesets = layers.flatMap(({ ruleset }) => ruleset ?? []);
  let flagSet: FlagSet | undefined;
  return {
    id,
    get flagSet() {
      flagSet ??= merged(rulesets.map((ruleset) => ruleset.flagSet));
      return flagSet;
    },
    ...(delta && { delta }),
    ...(verifiedAt !== undefined && { verifiedAt }),
  };
}

function merged(flagSets: readonly FlagSet[]): FlagSet {
  const all = <Entry>(part: (flagSet: FlagSet) => Readonly<Record<string, Entry>> | undefined) =>
    Object.fromEntries(flagSets.flatMap((flagSet) => Object.entries(part(flagSet) ?? {})));
  return {
    flags: all(({ flags }) => flags),
    $evaluators: all(({ $evaluators }) => $evaluators),
    metadata: all(({ metadata }) => metadata),
  };
}

/** What a layer's delta makes of the whole; undefined where it is of more than flags. */
function deltaOf(
  from: string,
  { flags: { put = {}, remove = [] } = {}, evaluators, metadata }: RevisionDelta,
  layers: readonly Layer[],
  changed: number,
): RevisionDelta | undefined {
  if (evaluators !== undefined || metadata !== undefined) return undefined;
  const above = layers.slice(changed + 1);
  const below = layers.slice(0, changed);
  const visible = (key: string) => above.every(({ ruleset }) => ruleset?.flag(key) === undefined);
  const edits = new Map<string, FlagDefinition>(
    Object.entries(put).filter(([key]) => visible(key)),
  );
  const gone: string[] = [];
  for (const key of remove.filter(visible)) {
    const lower = below.findLast(({ ruleset }) => ruleset?.flag(key))?.ruleset?.flag(key);
    if (lower === undefined) gone.push(key);
    else edits.set(key, lower);
  }
  return { from, flags: { put: Object.fromEntries(edits), remove: gone } };
}
