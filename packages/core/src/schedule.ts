import { anonymous } from "./context.js";
import { sameJson } from "./json.js";
import type { CompiledRule } from "./targeting/compile.js";
import { type Closure, frameAt } from "./targeting/operator.js";

type Ruled = Iterable<readonly [key: string, rule: CompiledRule]>;

/** How often what is computed from the time is looked at, in milliseconds. */
const MINUTE = 60_000;

/** When the time may next change what a rule gives, in milliseconds since the epoch. */
export function nextDue(ruled: Ruled, now: number): number | undefined {
  let next = Number.POSITIVE_INFINITY;
  for (const [, { dates, clocks }] of ruled) {
    for (const date of dates) if (date * 1000 > now) next = Math.min(next, date * 1000);
    if (clocks.some((clock) => read(clock, now).ticking)) next = Math.min(next, now + MINUTE);
  }
  return Number.isFinite(next) ? next : undefined;
}

/** The keys of the rules that the time changed, after one moment and up to another. */
export function changesDue(ruled: Ruled, from: number, to: number): readonly string[] {
  const keys: string[] = [];
  for (const [key, { dates, clocks }] of ruled) {
    const passed = dates.some((date) => date * 1000 > from && date * 1000 <= to);
    const moved = (clock: Closure) => !sameJson(read(clock, from).value, read(clock, to).value);
    if (passed || clocks.some(moved)) keys.push(key);
  }
  return keys;
}

/** What a clock gives, and whether that goes on changing by itself, not just at a date. */
function read(clock: Closure, now: number): { value: unknown; ticking: boolean } {
  const frame = frameAt(now);
  try {
    const value = clock(anonymous, frame);
    return { value, ticking: frame.clockRead };
  } catch {
    return { value: undefined, ticking: frame.clockRead };
  }
}
