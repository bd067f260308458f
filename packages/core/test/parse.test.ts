import { flagSetFrom, parseFlagSet } from "@burgee/core";
import fc from "fast-check";
import { expect, test } from "vitest";

const flag = { state: "ENABLED", variants: { on: true, off: false }, defaultVariant: "off" };

function pointersOf(input: unknown, severity: "error" | "warning"): string[] {
  return parseFlagSet(input)
    .issues.filter((issue) => issue.severity === severity)
    .map(({ pointer }) => pointer);
}

function nested(depth: number): unknown {
  let value: unknown = 0;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

test("a flag set is given as it is, without issues", () => {
  const document = {
    $schema: "https://flagd.dev/schema/v0/flags.json",
    metadata: { flagSetId: "shop", version: 42, live: true },
    $evaluators: { isStaff: { ends_with: [{ var: "email" }, "@example.com"] } },
    flags: {
      "new-checkout": { ...flag, targeting: { if: [{ $ref: "isStaff" }, "on"] } },
      plain: { ...flag, state: "DISABLED", metadata: { owner: "payments" } },
    },
  };
  const parsed = parseFlagSet(document);
  expect(parsed).toEqual({ ok: true, flagSet: document, issues: [] });
  expect(parsed.ok && parsed.flagSet).toBe(document);
});

test.each([undefined, null, ""])("the default variant may be %o", (defaultVariant) => {
  expect(parseFlagSet({ flags: { beta: { ...flag, defaultVariant } } }).issues).toEqual([]);
});

test.each([
  ["a document that is no object", [], ""],
  ["a document that is null", null, ""],
  ["no flags", {}, "/flags"],
  ["flags that are a list", { flags: [] }, "/flags"],
  ["shared rules that are no object", { flags: {}, $evaluators: [] }, "/$evaluators"],
  ["metadata that is no object", { flags: {}, metadata: 7 }, "/metadata"],
  ["a flag that is no object", { flags: { beta: null } }, "/flags/beta"],
  ["a state of another name", { flags: { beta: { ...flag, state: "ON" } } }, "/flags/beta/state"],
  ["no state", { flags: { beta: { variants: { on: 1 } } } }, "/flags/beta/state"],
  ["no variants", { flags: { beta: { state: "ENABLED" } } }, "/flags/beta/variants"],
  [
    "variants that are a list",
    { flags: { b: { ...flag, variants: ["on"] } } },
    "/flags/b/variants",
  ],
  [
    "empty variants",
    { flags: { beta: { state: "ENABLED", variants: {} } } },
    "/flags/beta/variants",
  ],
  [
    "a default variant that is none of the variants",
    { flags: { beta: { ...flag, defaultVariant: "maybe" } } },
    "/flags/beta/defaultVariant",
  ],
  [
    "a default variant of a prototype's name",
    { flags: { beta: { ...flag, defaultVariant: "toString" } } },
    "/flags/beta/defaultVariant",
  ],
  [
    "a default variant that is no name",
    { flags: { beta: { ...flag, defaultVariant: true } } },
    "/flags/beta/defaultVariant",
  ],
  [
    "a flag's metadata that is no object",
    { flags: { beta: { ...flag, metadata: [] } } },
    "/flags/beta/metadata",
  ],
  ["a fault under a key with / and ~", { flags: { "a/b~c": null } }, "/flags/a~1b~0c"],
])("rejects %s", (_, document, pointer) => {
  expect(parseFlagSet(document).ok).toBe(false);
  expect(pointersOf(document, "error")).toEqual([pointer]);
});

test.each([
  ["values of several types", { variants: { on: true, off: 0 } }, "variants"],
  ["a list beside an object", { variants: { on: [], off: {} } }, "variants"],
  ["a rule that is no object", { targeting: "on" }, "targeting"],
  ["metadata that is not flat", { metadata: { "a/b": { deep: 1 } } }, "metadata/a~1b"],
  ["metadata that is null", { metadata: { owner: null } }, "metadata/owner"],
])("warns of %s, and serves the document", (_, fields, place) => {
  const document = { flags: { beta: { ...flag, ...fields } } };
  expect(parseFlagSet(document).ok).toBe(true);
  expect(pointersOf(document, "warning")).toEqual([`/flags/beta/${place}`]);
});

test("a rule that cannot be compiled is no fault of the document", () => {
  const document = { flags: { beta: { ...flag, targeting: { "no such operator": [] } } } };
  expect(parseFlagSet(document)).toMatchObject({ ok: true, issues: [] });
});

test("names every issue at once, the warnings among them", () => {
  const document = {
    $evaluators: null,
    metadata: { version: null },
    flags: {
      first: { state: "on", variants: {}, defaultVariant: "x", metadata: 7 },
      second: { ...flag, targeting: [] },
    },
  };
  expect(parseFlagSet(document).ok).toBe(false);
  expect(pointersOf(document, "error").sort()).toEqual([
    "/$evaluators",
    "/flags/first/defaultVariant",
    "/flags/first/metadata",
    "/flags/first/state",
    "/flags/first/variants",
  ]);
  expect(pointersOf(document, "warning")).toEqual(["/metadata/version", "/flags/second/targeting"]);
});

test("a document may be nested 1,000 deep and no deeper", () => {
  const document = (depth: number) => ({ flags: {}, more: nested(depth - 1) });
  expect(parseFlagSet(document(1000)).ok).toBe(true);
  expect(parseFlagSet(document(1001))).toMatchObject({ ok: false, issues: [{ pointer: "" }] });
});

test.each<[string, number, (deep: unknown) => unknown]>([
  ["a field of its own", 1, (deep) => ({ flags: {}, more: deep })],
  ["its metadata", 2, (deep) => ({ flags: {}, metadata: { deep } })],
  ["a flag's field", 3, (more) => ({ flags: { beta: { ...flag, more } } })],
  ["a flag's metadata", 4, (deep) => ({ flags: { beta: { ...flag, metadata: { deep } } } })],
  ["a variant", 4, (on) => ({ flags: { beta: { state: "ENABLED", variants: { on } } } })],
])(
  "a document may be nested 1,000 deep in %s, and is rejected if it is deeper",
  (_, at, document) => {
    expect(parseFlagSet(document(nested(1000 - at))).ok).toBe(true);
    for (const depth of [1001, 10_000, 100_000]) {
      const parsed = parseFlagSet(document(nested(depth - at)));
      expect(parsed.ok).toBe(false);
      expect(parsed.issues).toContainEqual({
        pointer: "",
        message: "is nested deeper than 1000",
        severity: "error",
      });
    }
  },
);

test.each([1001, 10_000, 100_000])("rules nested %d deep are no fault of the document", (depth) => {
  const targeting = { if: [nested(depth)] };
  const document = {
    flags: { beta: { ...flag, targeting } },
    $evaluators: { deep: nested(depth) },
  };
  expect(parseFlagSet(document)).toMatchObject({ ok: true, issues: [] });
});

test("a document nested 100,000 deep, or in itself, is rejected without a crash", () => {
  const circular: Record<string, unknown> = { flags: {} };
  circular["self"] = circular;
  expect(parseFlagSet({ flags: {}, more: nested(100_000) }).ok).toBe(false);
  expect(parseFlagSet(circular).ok).toBe(false);
});

test("__proto__ in a document is a key like any other", () => {
  const json = (text: string): unknown => JSON.parse(text);
  expect(pointersOf(json(`{"__proto__":{"flags":{}}}`), "error")).toEqual(["/flags"]);
  expect(pointersOf(json(`{"flags":{"__proto__":{"state":"ON"}}}`), "error")).toEqual([
    "/flags/__proto__/state",
    "/flags/__proto__/variants",
  ]);
  const { state } = flag;
  const only = { state, defaultVariant: "__proto__", variants: json(`{"__proto__":true}`) };
  expect(parseFlagSet({ flags: { beta: only } }).ok).toBe(true);
  expect(({} as Record<string, unknown>)["flags"]).toBeUndefined();
});

test("no input makes it throw, and a rejected one has at least one error", () => {
  const flags = fc.dictionary(
    fc.string(),
    fc.record(
      {
        state: fc.constantFrom("ENABLED", "DISABLED", "ON"),
        variants: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.anything()),
        defaultVariant: fc.oneof(fc.string(), fc.anything()),
        targeting: fc.anything(),
        metadata: fc.anything(),
      },
      { requiredKeys: [] },
    ),
  );
  const document = fc.record({ flags, $evaluators: fc.anything(), metadata: fc.anything() });
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSparseArray: true,
  });
  fc.assert(
    fc.property(fc.oneof(document, fc.jsonValue(), anything), (input) => {
      const { ok, issues } = parseFlagSet(input);
      expect(issues.some(({ severity }) => severity === "error")).toBe(!ok);
    }),
    { numRuns: 500 },
  );
});

test("flagSetFrom gives the flag set, whatever the warnings", () => {
  const document = { flags: { beta: { ...flag, targeting: "on" } } };
  expect(flagSetFrom(document, "flags.json")).toBe(document);
});

test("flagSetFrom throws an error that names the origin and every faulty place", () => {
  const document = { flags: { beta: { ...flag, state: "ON", defaultVariant: "x", targeting: 1 } } };
  expect(() => flagSetFrom(document, "flags.json")).toThrow(
    expect.objectContaining({ code: "INVALID_FLAG_SET" }),
  );
  expect(() => flagSetFrom(document, "flags.json")).toThrow(
    /^flags\.json: \/flags\/beta\/state .*; \/flags\/beta\/defaultVariant /,
  );
  expect(() => flagSetFrom(document, "flags.json")).not.toThrow(/targeting/);
  expect(() => flagSetFrom(null, "flags.json")).toThrow(/^flags\.json: the document /);
});

test("a value that stands in more places than a document has is rejected, soon", () => {
  let shared: unknown = "leaf";
  for (let level = 0; level < 60; level++) shared = [shared, shared];
  expect(parseFlagSet({ flags: {}, shared })).toMatchObject({
    ok: false,
    issues: [{ pointer: "", message: "has more than 5000000 values" }],
  });
});
