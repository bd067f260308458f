import type { Difference } from "./compare.js";
import { actionOf } from "./describe.js";
import type { Plan } from "./plan.js";

/** A plan for programs. */
export function planData({ differences, radii, population, refusals }: Plan) {
  return {
    changes: differences.map((difference) => ({ action: actionOf(difference), ...difference })),
    blastRadius: { population: population.name, real: population.real, flags: radii },
    conflicts: conflictsOf(differences).map(({ kind, name }) => ({ kind, name })),
    refusals,
  };
}

/** The differences that nobody has decided. */
export function conflictsOf(differences: readonly Difference[]): Difference[] {
  return differences.filter(({ verdict }) => verdict === "conflict");
}
