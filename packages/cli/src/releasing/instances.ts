import { setTimeout as pause } from "node:timers/promises";
import type { AuditEntry } from "@burgee/core";
import type { OpenStore } from "../open-store.js";
import type { Output } from "../output.js";

/** Which instances of the application have a revision. */
export interface Instances {
  /** The names of those that do. */
  readonly have: readonly string[];
  /** The names of those that do not yet, or are gone without a word. */
  readonly behind: readonly string[];
}

/** How long they are waited for, and how often they are looked at, in milliseconds. */
const PATIENCE = 5000;
const PERIOD = 100;

/**
 * Waits, not for long, until every instance that follows the store has what was written.
 *
 * @returns undefined where the store does not know its instances, or cannot be asked any more
 */
export async function awaitInstances(
  opened: OpenStore,
  { revision }: AuditEntry,
  output: Output,
): Promise<Instances | undefined> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const instances = await instancesWith(opened, revision).catch(() => undefined);
    if (instances === undefined || instances.behind.length === 0 || Date.now() > deadline) {
      return instances;
    }
    const { have, behind } = instances;
    output.progress(`${have.length} of ${have.length + behind.length} instances have it`);
    await pause(PERIOD);
  }
}

async function instancesWith(
  { fleet, store }: OpenStore,
  revision: string,
): Promise<Instances | undefined> {
  const members = await fleet?.();
  if (members === undefined) return undefined;
  const since = new Set([revision]);
  if (members.some((member) => member.revision !== revision)) {
    // Whoever has a later one has this one, too.
    for await (const entry of store.history()) {
      if (entry.revision === revision) break;
      since.add(entry.revision);
    }
  }
  const [have, behind]: [string[], string[]] = [[], []];
  for (const member of members) {
    (since.has(member.revision) ? have : behind).push(member.instance);
  }
  return { have, behind };
}

/** Which instances have it, in a sentence. */
export function instancesText(
  instances: Instances | undefined,
  { fleet, name }: OpenStore,
): string {
  if (fleet === undefined) {
    return `Processes that follow ${name} here read it within a second; copies of it elsewhere have to be deployed.`;
  }
  if (instances === undefined) return "Which instances have it could not be read.";
  const { have, behind } = instances;
  const all = have.length + behind.length;
  if (all === 0) return "No instance follows the store; each has it once it starts.";
  if (behind.length === 0) {
    return all === 1 ? `The one instance has it: ${have[0]}.` : `All ${all} instances have it.`;
  }
  return `${have.length} of ${all} instances have it; not yet, or gone: ${behind.join(", ")}.`;
}
