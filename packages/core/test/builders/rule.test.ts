import { attr, defineFlags, flagSet, percent, type Rule, when } from "@burgee/core";
import { describe, expect, test } from "vitest";
import { decide } from "./decide.js";

const definitions = defineFlags({ flag: { default: "none", variants: ["none", "on", "a", "b"] } });
type Variant = "none" | "on" | "a" | "b";

const plan = (name: string) => attr("plan").is(name);

/** The targeting that a list of rules becomes. */
function written(...targeting: readonly Rule<Variant>[]) {
  return flagSet(definitions, { flag: { targeting } }).flags["flag"]?.targeting ?? null;
}

test("when gives a variant where its condition holds", () => {
  const rule = when(plan("pro"), "on");
  expect(rule).toEqual({ if: [plan("pro"), "on"] });
  expect(decide(rule, { plan: "pro" }).variant).toBe("on");
  expect(decide(rule, { plan: "basic" }).variant).toBe("none");
});

test("when gives what another rule gives where its condition holds", () => {
  const rule = when(plan("pro"), percent({ on: 100 }));
  expect(decide(rule, { plan: "pro", targetingKey: "jon" }).variant).toBe("on");
  expect(decide(rule, { plan: "basic", targetingKey: "jon" }).variant).toBe("none");
});

describe("of rules in a list the first that gives a variant decides", () => {
  test("conditions become one if, the last rule its end", () => {
    const [a, b, last] = [when(plan("a"), "a"), when(plan("b"), "b"), percent({ on: 10 })];
    expect(written(a, b)).toEqual({ if: [plan("a"), "a", plan("b"), "b"] });
    expect(written(a, b, last)).toEqual({ if: [plan("a"), "a", plan("b"), "b", last] });
    expect(decide(written(a, b), { plan: "b" }).variant).toBe("b");
    expect(decide(written(a, b), { plan: "c" }).variant).toBe("none");
  });

  test("after a percentage the next rule is tried", () => {
    const list = written(percent({ a: 0 }), when(plan("pro"), "b"), percent({ on: 100 }));
    expect(list).toEqual({
      or: [percent({ a: 0 }), { if: [plan("pro"), "b", percent({ on: 100 })] }],
    });
    expect(decide(list, { targetingKey: "jon", plan: "pro" }).variant).toBe("b");
    expect(decide(list, { targetingKey: "jon" })).toEqual({
      variant: "on",
      share: { on: 1, none: 0 },
    });
    expect(decide(list).variant).toBe("none");
  });

  test("after a percentage of some the next rule is tried for them, too", () => {
    const list = written(when(plan("pro"), percent({ a: 0 })), percent({ on: 100 }));
    expect(list).toEqual({
      or: [{ if: [plan("pro"), percent({ a: 0 })] }, percent({ on: 100 })],
    });
    expect(decide(list, { targetingKey: "jon", plan: "pro" }).variant).toBe("on");
    expect(decide(list, { targetingKey: "jon" }).variant).toBe("on");
  });

  test("after a split that fills up the next rule is tried for those without a key", () => {
    const list = written(percent({ a: 50, b: 50 }), when(plan("pro"), "on"));
    expect(decide(list, { plan: "pro" }).variant).toBe("on");
    expect(["a", "b"]).toContain(decide(list, { plan: "pro", targetingKey: "jon" }).variant);
  });

  test("alternatives become one or", () => {
    const [a, b, on] = [
      percent({ a: 1 }),
      percent({ b: 2 }, { by: "company" }),
      percent({ on: 3 }),
    ];
    expect(written(a, b, on)).toEqual({ or: [a, b, on] });
  });

  test("one rule stays as it is, and no rule is no targeting", () => {
    const rule = percent({ on: 10 });
    expect(written(rule)).toEqual(rule);
    expect(flagSet(definitions, { flag: { targeting: [] } }).flags["flag"]).not.toHaveProperty(
      "targeting",
    );
  });
});
