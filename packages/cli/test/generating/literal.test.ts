import fc from "fast-check";
import { expect, test } from "vitest";
import { literal } from "../../src/generating/literal.js";

/** What a program has for it. */
function evaluate(text: string): unknown {
  return new Function(`return ${text}`)();
}

test("whatever JSON there is, TypeScript has the same value for its literal", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const same = JSON.parse(JSON.stringify(value));
      expect(JSON.stringify(evaluate(literal(same)))).toBe(JSON.stringify(same));
    }),
  );
});

test("no name in it is a prototype", () => {
  const value = JSON.parse('{ "a": { "__proto__": { "b": 1 } } }');
  expect(literal(value)).toBe('{ a: { ["__proto__"]: { b: 1 } } }');
  expect(JSON.stringify(evaluate(literal(value)))).toBe(JSON.stringify(value));
});

test("lists and objects without anything in them are on one line", () => {
  expect(literal({ list: [], object: {} })).toBe("{ list: [], object: {} }");
});
