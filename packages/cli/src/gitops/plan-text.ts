import { structuredPatch } from "diff";
import { type BlastRadius, CODE_DEFAULT, percentOf, radiusText } from "../blast-radius.js";
import { oneLine } from "../one-line.js";
import type { Colors } from "../output.js";
import type { Population } from "../population.js";
import { compactJson } from "./compact-json.js";
import type { Difference } from "./compare.js";
import { type Action, actionOf, byWhom, titleOf } from "./describe.js";
import type { Plan } from "./plan.js";

/** A plan for people: each item with what is changed, and who will see it. */
export function planText(plan: Plan, colors: Colors): string {
  if (plan.differences.length === 0) return "Git and the store say the same.";
  const effects = effectsOf(plan);
  const blocks = plan.differences.map((difference) => {
    const notes = [...notesOf(difference, effects)].map((note) => `    ${oneLine(note)}`);
    return [headOf(difference, colors), ...notes, ...diffOf(difference, colors)].join("\n");
  });
  return [...blocks, sumOf(plan)].join("\n\n");
}

/** Who sees another variant, by what it is told under. */
interface Effects {
  readonly population: Population;
  /** Of flags that are changed themselves, by key. */
  readonly own: ReadonlyMap<string, BlastRadius>;
  /** Of flags that only a segment can have changed. */
  readonly others: readonly BlastRadius[];
}

function effectsOf({ differences, radii, population }: Plan): Effects {
  const changed = new Set(differences.flatMap(({ kind, name }) => (kind === "flag" ? name : [])));
  const own = radii.filter(({ flag }) => changed.has(flag));
  return {
    population,
    own: new Map(own.map((radius) => [radius.flag, radius])),
    others: radii.filter(({ flag }) => !changed.has(flag)),
  };
}

/** How each action is shown, and summed up. */
const actions: Readonly<Record<Action, { mark: string; color: Color; sum: string }>> = {
  create: { mark: "+", color: "green", sum: "to create" },
  update: { mark: "~", color: "yellow", sum: "to update" },
  remove: { mark: "-", color: "red", sum: "to remove" },
  keep: { mark: "=", color: "dim", sum: "kept as the store has it" },
  agree: { mark: "=", color: "dim", sum: "the same on both sides by now" },
  conflict: { mark: "!", color: "red", sum: "in conflict" },
};

type Color = "green" | "yellow" | "red" | "dim";

function headOf(difference: Difference, colors: Colors): string {
  const action = actionOf(difference);
  const { mark, color } = actions[action];
  return colors[color](`${mark} ${colors.bold(titleOf(difference))}  ${action}`);
}

function* notesOf(difference: Difference, effects: Effects): Iterable<string> {
  const { verdict, hold } = difference;
  if (verdict !== "git") yield byWhom(difference);
  yield* radiiOf(difference, effects);
  if (hold !== undefined && verdict === "git") {
    yield difference.git === undefined
      ? `a ${hold} holds it, and is gone with it: the application's own default serves`
      : `a ${hold} holds it, and goes on to: the rule is for when it is resumed`;
  }
}

/** Who sees another variant by it; by a segment, of each flag that is not changed itself. */
function* radiiOf(difference: Difference, { own, others, population }: Effects) {
  const { kind, name, verdict } = difference;
  if (verdict !== "git" || kind === "metadata") return;
  if (kind === "segment") {
    for (const radius of others) yield `${radius.flag}: ${radiusText(radius, population)}`;
    return;
  }
  const radius = own.get(name);
  if (radius === undefined) return;
  if (actionOf(difference) === "create") yield servedText(radius, population);
  else yield radiusText(radius, population);
}

/** What a flag serves that nobody had. */
function servedText({ moves, of }: BlastRadius, { name }: Population): string {
  const shares = moves.map(({ to, count }) => `${to} ${percentOf(count, of)}`);
  return `serves ${name}: ${shares.join(", ") || CODE_DEFAULT}`;
}

/** What is changed, line by line: by applying it, or at run time where that is kept. */
function diffOf({ git, store, verdict }: Difference, colors: Colors): string[] {
  const [before, after] = verdict === "store" ? [git, store] : [store, git];
  const patch = structuredPatch("", "", textOf(before), textOf(after), "", "", { context: 2 });
  return patch.hunks
    .flatMap(({ lines }, index) => (index > 0 ? ["…", ...lines] : lines))
    .map((line) => {
      const color = line.startsWith("+") ? "green" : line.startsWith("-") ? "red" : "dim";
      return `    ${colors[color](line)}`;
    });
}

function textOf(value: unknown): string {
  return value === undefined ? "" : `${compactJson(value)}\n`;
}

function sumOf({ differences, radii }: Plan): string {
  const counts = new Map<Action, number>();
  for (const difference of differences) {
    const action = actionOf(difference);
    counts.set(action, (counts.get(action) ?? 0) + 1);
  }
  const parts = [...counts].map(([action, count]) => `${count} ${actions[action].sum}`);
  const created = new Set(
    differences.flatMap((each) => {
      return each.kind === "flag" && actionOf(each) === "create" ? each.name : [];
    }),
  );
  const moved = radii.filter(({ flag, changed }) => changed > 0 && !created.has(flag)).length;
  const whom = moved === 0 ? "nobody" : `of ${moved} flag${moved === 1 ? "" : "s"} somebody`;
  return `${parts.join(", ")}; ${whom} sees another variant.`;
}
