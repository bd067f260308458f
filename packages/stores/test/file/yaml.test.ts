import type { FlagSet } from "@burgee/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { editYaml, parseYaml } from "../../src/file/yaml.js";
import { flagSetWith } from "../flag-set-with.js";

const text = `# The flags of the shop.
$schema: https://flagd.dev/schema/v0/flags.json

flags:
    # Ada's.
    new-checkout:
        state: ENABLED # not for long
        variants: { on: true, off: false }
        defaultVariant: "off"

    page-size:
        # how much
        state: ENABLED
        variants:
            small: 10
            large: 50 # too much
        defaultVariant: small
`;

function edited(text: string, change: (flagSet: FlagSet) => unknown): string {
  const flagSet = structuredClone(parseYaml(text, "flags.yaml"));
  change(flagSet);
  const result = editYaml(text, flagSet);
  expect(parseYaml(result, "flags.yaml")).toEqual(flagSet);
  return result;
}

test("comments, blank lines, quotes and the indent stay, and just what differs is changed", () => {
  const result = edited(text, ({ flags }) => {
    Object.assign(flags["new-checkout"] as object, { defaultVariant: "on" });
  });
  expect(result).toBe(text.replace('defaultVariant: "off"', 'defaultVariant: "on"'));
});

test("flags are added and removed between the others", () => {
  const result = edited(text, (flagSet) => {
    const { "page-size": size, ...others } = flagSet.flags;
    expect(size?.defaultVariant).toBe("small");
    Object.assign(flagSet, {
      flags: { ...others, added: { state: "DISABLED", variants: { a: 1 } } },
    });
  });
  expect(result).toContain("# The flags of the shop.\n");
  expect(result).toContain("    # Ada's.\n    new-checkout:\n");
  expect(result).toContain("    added:\n        state: DISABLED\n");
  expect(result).not.toContain("page-size");
});

const shared = `flags:
  first:
    state: ENABLED
    variants: &switch { on: true, off: false }
    defaultVariant: off
  second:
    state: ENABLED
    variants: *switch # as first
    defaultVariant: off
`;

test("where an alias stands, only its own flag is changed", () => {
  const result = edited(shared, ({ flags }) => {
    Object.assign(flags["second"] as object, { variants: { on: true, off: false, beta: true } });
  });
  expect(result).toContain("variants: &switch { on: true, off: false }\n");
});

test.each<[string, (flagSet: FlagSet) => unknown]>([
  [
    "is changed",
    ({ flags }) =>
      Object.assign(flags["first"] as object, { variants: { on: true, off: false, beta: true } }),
  ],
  ["is removed", (flagSet) => delete (flagSet.flags as Record<string, unknown>)["first"]],
])("what aliases stand for %s: the text is written anew, and right", (_, change) => {
  edited(shared, change);
});

test("keys that are no texts are found all the same", () => {
  const numbered =
    "flags:\n  1:\n    state: ENABLED\n    variants: { 1: true, true: false }\n    defaultVariant: '1'\n";
  const result = edited(numbered, ({ flags }) => {
    Object.assign(flags["1"] as object, { defaultVariant: "true" });
  });
  expect(result.match(/variants/g)).toHaveLength(1);
});

test("whatever the change, the text holds what was wanted", () => {
  const keys = fc.constantFrom("new-checkout", "page-size", "a", "__proto__", "1", "null", "# no");
  const values = fc.constantFrom("off", "yes", "- a", "1", " x: y\n", "", "\u0000", "naïve 🚩");
  const flag = fc.record({
    state: fc.constant("ENABLED" as const),
    variants: fc.dictionary(
      values,
      fc.oneof(values, fc.double({ noNaN: true, noDefaultInfinity: true })),
      {
        minKeys: 1,
      },
    ),
    metadata: fc.dictionary(keys, values),
  });
  fc.assert(
    fc.property(fc.dictionary(keys, flag), (flags) => {
      const wanted = JSON.parse(JSON.stringify({ ...parseYaml(text, ""), flags }));
      expect(parseYaml(editYaml(text, wanted), "")).toEqual(wanted);
      expect(parseYaml(editYaml("", wanted), "")).toEqual(wanted);
    }),
  );
});

test("JSON is YAML, too", () => {
  expect(parseYaml(JSON.stringify(flagSetWith("on")), "flags.yaml")).toEqual(flagSetWith("on"));
});

test.each([
  ["a torn text", "flags:\n  beta: {", /^flags\.yaml:2:10: /],
  ["a tab", "flags:\n\tbeta: 1", /^flags\.yaml:2:1: /],
  ["a key that is there twice", "flags: {}\nflags: {}\n", /^flags\.yaml:2:1: .*unique/],
  ["nothing", "", /^flags\.yaml: The file is empty\./],
  ["two documents", "flags: {}\n---\nflags: {}\n", /^flags\.yaml:2:1: /],
  ["no flag set", "flags: []\n", /^flags\.yaml: \/flags must be an object of flags by key/],
  ["a fault", "flags: { a: { state: ON, variants: { b: 1 } } }", /\/flags\/a\/state must be/],
  ["an alias of nothing", "flags: *nothing", /^flags\.yaml/],
  ["brackets without end", "[".repeat(10_000), /^flags\.yaml/],
])("%s is an error that says where", (_, broken, message) => {
  expect(() => parseYaml(broken, "flags.yaml")).toThrow(message);
  expect(() => parseYaml(broken, "flags.yaml")).toThrow(/INVALID_FLAG_SET/);
});

test("aliases that multiply without end are an error", () => {
  const levels = Array.from({ length: 12 }, (_, level) => {
    const aliases = Array(9).fill(`*a${level}`).join(", ");
    return `  a${level + 1}: &a${level + 1} [${aliases}]`;
  });
  const bomb = `metadata:\n  a0: &a0 [x]\n${levels.join("\n")}\nflags: {}\n`;
  expect(() => parseYaml(bomb, "flags.yaml")).toThrow(/INVALID_FLAG_SET/);
});
