import { runInNewContext } from "node:vm";
import type { EvaluationContext } from "@burgee/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { attributeValue, toContext } from "../src/context.js";
import { openShop, ruled, shopWith } from "./shop.js";
import { run } from "./targeting/run.js";

class User {
  readonly plan = "pro";
  readonly #secret = "secret";
  get secret(): string {
    return this.#secret;
  }
}

/** A context whose plan cannot be read. */
function hostile(prototype: object) {
  return Object.create(prototype, {
    plan: {
      enumerable: true,
      get() {
        throw new Error("hostile");
      },
    },
  });
}

test.each([{ plan: "pro" }, Object.assign(Object.create(null), { plan: "pro" })])(
  "a plain object is a context as it is",
  (given) => {
    expect(toContext(given)).toBe(given);
  },
);

test("a class instance is a context of its own enumerable attributes", () => {
  const user = Object.defineProperty(new User(), "hidden", { value: 1 });
  const context = toContext(user);
  expect(context).toEqual({ plan: "pro" });
  expect(Object.getPrototypeOf(context)).toBe(Object.prototype);
});

test.each([undefined, null, "user-1", 7, true, ["user-1"], () => ({})])(
  "%o is no context",
  (given) => {
    expect(toContext(given)).toBeUndefined();
  },
);

test.each([
  ["a date is its ISO text", new Date(0), "1970-01-01T00:00:00.000Z"],
  ["a date that is none is null", new Date(Number.NaN), null],
  ["a small BigInt is a number", 9007199254740991n, 9007199254740991],
  ["a negative BigInt is a number", -7n, -7],
  ["a BigInt beyond exact numbers is a text", 9007199254740993n, "9007199254740993"],
  ["a Map is an object without attributes", new Map([["plan", "pro"]]), {}],
  ["a class instance is its own attributes", new User(), { plan: "pro" }],
  ["a function is nothing", () => "pro", undefined],
  ["a symbol is nothing", Symbol("pro"), undefined],
  ["null is null", null, null],
])("%s", (_, value, seen) => {
  expect(attributeValue(value)).toEqual(seen);
});

test.each([[["a", 1]], [{ a: 1 }], ["text"], [1.5], [true]])("%o is seen as it is", (value) => {
  expect(attributeValue(value)).toBe(value);
});

const cyclic: Record<string, unknown> = { plan: "pro" };
cyclic["self"] = cyclic;

const user = new User() as unknown as EvaluationContext;

test.each<[string, EvaluationContext, string]>([
  ["plan", user, "a class instance as the context"],
  ["user.plan", { user }, "a class instance as an attribute"],
  ["self.self.plan", cyclic, "a cycle"],
])("a rule reads %s of %o: %s", (path, context) => {
  expect(readThroughScope(path, context)).toMatchObject({ value: true, variant: "on" });
});

test.each<[string, EvaluationContext, string]>([
  ["secret", user, "the context's class has it"],
  ["user.secret", { user }, "the attribute's class has it"],
  ["map.plan", { map: new Map([["plan", "pro"]]) }, "an entry is no attribute"],
  ["plan.name", { plan: function pro() {} }, "a function has no attributes"],
])("a rule does not read %s of %o: %s", (path, context) => {
  expect(readThroughScope(path, context)).toMatchObject({ value: false, reason: "DEFAULT" });
});

/** The details of a flag that is on where the attribute is "pro" or "secret". */
function readThroughScope(path: string, context: EvaluationContext) {
  const targeting = { if: [{ in: [{ var: path }, ["pro", "secret"]] }, "on"] };
  const { flags } = openShop({ flags: { "new-checkout": ruled(targeting) } });
  return flags.scope(context).details("new-checkout");
}

test("a plain context's throwing getter is GENERAL for the flags that read it, and those alone", () => {
  const { flags, problems } = openShop(shopWith({ "new-checkout": ruled({ var: "plan" }) }));
  const scope = flags.scope(hostile(Object.prototype));
  expect(scope.details("new-checkout")).toMatchObject({
    value: false,
    errorCode: "GENERAL",
    errorMessage: expect.stringContaining("hostile"),
  });
  expect(scope.details("page-size").errorCode).not.toBe("GENERAL");
  expect(problems[0]).toMatchObject({ code: "GENERAL", flag: "new-checkout" });
});

test("a class instance's throwing getter makes the scope anonymous", () => {
  const { flags, problems } = openShop(shopWith({ "new-checkout": ruled({ var: "plan" }) }));
  const scope = flags.scope(hostile(User.prototype));
  expect(scope.details("new-checkout").reason).toBe("DEFAULT");
  expect(problems.map(({ code }) => code)).toEqual(["INVALID_CONTEXT"]);
});

test("no context makes a read throw", () => {
  const paths = ["", "a", "b.c", "list.0", "constructor", "__proto__.a", "$flagd.timestamp"];
  const rule = { or: [...paths.map((path) => ({ var: path })), { fractional: [["on"], ["off"]] }] };
  const { flags } = openShop({ flags: { "new-checkout": ruled(rule) } });
  const value = fc.anything({
    key: fc.constantFrom("a", "b", "c", "list", "targetingKey", "constructor", "__proto__"),
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withSparseArray: true,
    withTypedArray: true,
  });
  fc.assert(
    fc.property(value, (context) => {
      const { value, variant } = flags.scope(context as EvaluationContext).details("new-checkout");
      expect(value).toBe(variant === "on");
    }),
    { numRuns: 1000 },
  );
});

test("a context of another realm is read like one of this", () => {
  const given = runInNewContext(
    "({ since: new Date(0), address: { city: 'Gent' }, roles: ['a'] })",
  );
  const read = (path: string) => ({ "===": [{ var: path }, "1970-01-01T00:00:00.000Z"] });
  expect(run(read("since"), given).value).toBe(true);
  expect(run({ var: "address.city" }, given).value).toBe("Gent");
  expect(run({ in: ["a", { var: "roles" }] }, given).value).toBe(true);
});
