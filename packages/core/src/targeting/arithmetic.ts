import { jsonType } from "../json.js";
import { eager, type Operator } from "./operator.js";

/**
 * Arithmetic. What is no number, and what comes to none, throws.
 *
 * @see https://jsonlogic.com/operations.html#numeric-operations
 */
export const arithmetic: Readonly<Record<string, Operator>> = {
  "+": eager((args) => number(args.map(number).reduce((a, b) => a + b, 0))),
  "-": eager((args) => {
    const [first, ...others] = atLeast(1, args);
    return others.length === 0 ? -first : number(others.reduce((a, b) => a - b, first));
  }),
  "*": eager((args) => number(args.map(number).reduce((a, b) => a * b, 1))),
  "/": eager((args) => {
    const [first, ...others] = atLeast(1, args);
    return others.length === 0
      ? 1 / divisor(first)
      : others.map(divisor).reduce((a, b) => a / b, first);
  }),
  "%": eager((args) => {
    const [first, ...others] = atLeast(2, args);
    return number(others.reduce((a, b) => a % b, first));
  }),
  max: eager((args) => Math.max(...numbersOf(args))),
  min: eager((args) => Math.min(...numbersOf(args))),
};

function number(value: unknown): number {
  const result = typeof value === "object" && value !== null ? Number.NaN : Number(value);
  if (Number.isNaN(result)) throw new TypeError(`cannot calculate with ${jsonType(value)}`);
  return result;
}

function atLeast(count: number, args: readonly unknown[]): [number, ...number[]] {
  if (args.length < count) throw new TypeError(`needs at least ${count} numbers`);
  return args.map(number) as [number, ...number[]];
}

function divisor(value: number): number {
  if (value === 0) throw new RangeError("cannot divide by 0");
  return value;
}

/** What has an order of its own: numbers, and nothing that only writes one. */
function numbersOf(args: readonly unknown[]): readonly number[] {
  if (args.length === 0) throw new TypeError("needs at least 1 number");
  const stranger = args.find((arg) => typeof arg !== "number");
  if (stranger !== undefined) throw new TypeError(`cannot order ${jsonType(stranger)} by size`);
  return args as readonly number[];
}
