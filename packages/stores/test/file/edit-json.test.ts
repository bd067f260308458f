import type { FlagSet } from "@burgee/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { editJson } from "../../src/file/edit-json.js";
import { flagSetWith } from "../flag-set-with.js";

const on = flagSetWith("on");
const written = (indent?: string | number) => JSON.stringify(flagSetWith("off"), null, indent);
const wanted = (indent?: string | number) => JSON.stringify(on, null, indent);

test.each([
  ["two spaces", written(2), wanted(2)],
  ["four spaces", `${written(4)}\n`, `${wanted(4)}\n`],
  ["tabs", `${written("\t")}\n`, `${wanted("\t")}\n`],
  ["one line", written(), wanted()],
  ["one line, and a line break", `${written()}\n`, `${wanted()}\n`],
  ["a byte order mark", `\uFEFF${written(2)}\n\n`, `\uFEFF${wanted(2)}\n\n`],
  [
    "line breaks of Windows",
    `${written(2).replaceAll("\n", "\r\n")}\r\n`,
    `${wanted(2).replaceAll("\n", "\r\n")}\r\n`,
  ],
  ["nothing", "", `${wanted(2)}\n`],
])("what is written with %s is written so again", (_, text, edited) => {
  expect(editJson(text, on)).toBe(edited);
});

const text = `{
  "$schema": "https://flagd.dev/schema/v0/flags.json",
  "flags": {

    "new-checkout": { "state": "ENABLED", "variants": { "on": true, "off": false },
      "defaultVariant": "off" },

    "page-size": {
      "state": "ENABLED", "variants": {"small": 10,   "large": 50},
      "defaultVariant": "small",
      "targeting": { "if": [ true, "large" ] }
    }
  }
}
`;

function edited(change: (flags: Record<string, Record<string, unknown>>) => unknown): string {
  const flagSet = JSON.parse(text);
  change(flagSet.flags);
  const result = editJson(text, flagSet);
  expect(JSON.parse(result)).toEqual(flagSet);
  return result;
}

test("just what differs is changed, however the rest is written", () => {
  const result = edited(({ "new-checkout": flag, "page-size": size }) => {
    Object.assign(flag as object, { defaultVariant: "on" });
    Object.assign(size?.["variants"] as object, { large: 100 });
    Object.assign(size as object, { targeting: { if: [false, "large"] } });
  });
  expect(result).toBe(
    text
      .replace('"defaultVariant": "off"', '"defaultVariant": "on"')
      .replace("50", "100")
      .replace('[ true, "large" ]', '[ false, "large" ]'),
  );
});

test("what is added is written as what is before it", () => {
  const result = edited((flags) => {
    Object.assign(flags["new-checkout"]?.["variants"] as object, { beta: { a: [1] } });
    Object.assign(flags, { added: { state: "DISABLED", variants: { on: true } } });
  });
  expect(result).toBe(
    text
      .replace('"off": false }', '"off": false, "beta": { "a": [ 1 ] } }')
      .replace(
        "    }\n  }\n",
        '    },\n    "added": {\n      "state": "DISABLED",\n      "variants": {\n        "on": true\n      }\n    }\n  }\n',
      ),
  );
});

test("what is removed leaves nothing, wherever it stands", () => {
  expect(edited((flags) => delete flags["new-checkout"])).toBe(
    `${text.slice(0, text.indexOf('"new-checkout"'))}${text.slice(text.indexOf('"page-size"'))}`,
  );
  expect(edited((flags) => delete flags["page-size"]).endsWith('"off" }\n  }\n}\n')).toBe(true);
  const both = edited((flags) => {
    delete flags["new-checkout"];
    delete flags["page-size"];
  });
  expect(both).toContain('"flags": {}');
});

test("a name that is there twice is written once", () => {
  const twice = '{"flags":{"a":1,"a":{"state":"DISABLED","variants":{"b":1}}}}';
  const flagSet: FlagSet = { flags: { a: { state: "ENABLED", variants: { b: 1 } } } };
  expect(JSON.parse(editJson(twice, flagSet))).toEqual(flagSet);
});

test("whatever the change, the text holds what was wanted", () => {
  const documents = fc.dictionary(
    fc.constantFrom("a", "b", "c", "__proto__", '"', "1"),
    fc.jsonValue({ maxDepth: 3 }),
  );
  fc.assert(
    fc.property(documents, documents, fc.constantFrom(undefined, 2, "\t"), (held, next, indent) => {
      const [before, after] = [held, next].map((set) => JSON.parse(JSON.stringify(set)));
      const result = editJson(JSON.stringify(before, null, indent), after);
      expect(JSON.parse(result)).toEqual(after);
      expect(editJson(result, after)).toBe(result);
    }),
  );
});
