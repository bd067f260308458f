import { createFlags, type Definitions, defineFlags } from "@burgee/core";
import { createPageCodes, signOverrides, visitorId } from "@burgee/core/signed";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sourceOf } from "./source-of.js";

const secret = "a secret of more than 32 characters";
const other = "another secret, as long as it has to be";

const colour = { default: "red", variants: ["red", "green", "blue"] } as const;
const header = { default: false } as const;
const size = {
  default: "small",
  variants: { small: { rows: 10, columns: 2 }, large: { rows: 50 } },
} as const;
const shop = defineFlags({ colour, header, size });
const variants = { colour: "blue", header: "on", size: "small" };

const codesOf = (
  definitions: Definitions = shop,
  options: { name?: string; keys?: readonly string[]; secret?: string | string[] } = {},
) => {
  const given = { secret, ...options };
  const flags = createFlags(definitions, { source: sourceOf(), secret: given.secret });
  return createPageCodes(flags, options.name ?? "home", options.keys ?? Object.keys(definitions));
};

test("a code gives the variants it was signed for, again and again", async () => {
  const codes = codesOf();
  const code = await codes.sign(variants);
  for (let times = 0; times < 3; times++) {
    expect(await codes.sign(variants)).toBe(code);
    expect(await codes.read(code)).toEqual(variants);
  }
  expect(await codesOf().read(code)).toEqual(variants);
});

test("there is a code for each combination of variants, and it is the only one", async () => {
  const codes = codesOf();
  const all = await Promise.all(
    ["red", "green", "blue"].flatMap((colour) =>
      ["on", "off"].flatMap((header) =>
        ["small", "large"].map((size) => codes.sign({ colour, header, size })),
      ),
    ),
  );
  expect(new Set(all).size).toBe(12);
  expect(codes.count).toBe(12n);
});

test("a code is a segment of a URL and a file's name, however many flags and whatever their names", async () => {
  const flags = Object.fromEntries(
    Array.from({ length: 500 }, (_, n) => [`flag / “${n}” .%2F`, { default: n % 3 === 0 }]),
  );
  const definitions = defineFlags(flags);
  const codes = codesOf(definitions);
  const last = Object.fromEntries(Object.keys(flags).map((key) => [key, "on"]));
  const code = await codes.sign(last);
  expect(code).toMatch(/^[a-z\d][\w-]+$/);
  expect(code.length).toBeLessThan(180);
  expect(encodeURIComponent(code)).toBe(code);
  expect(await codes.read(code)).toEqual(last);
});

test("reordering a flag's variants, or the flags, does not make another variant of a code (as positional codes do)", async () => {
  const code = await codesOf().sign(variants);
  const reordered = defineFlags({
    size: { default: "small", variants: { large: { rows: 50 }, small: { columns: 2, rows: 10 } } },
    colour: { default: "red", variants: ["blue", "red", "green"] },
    header: { default: false, owner: "design", description: "The header of 2027" },
  });
  expect(await codesOf(reordered).read(code)).toEqual(variants);
  const keys = ["header", "size", "colour"];
  expect(await codesOf(shop, { keys }).read(code)).toEqual(variants);
  expect(await codesOf(reordered).sign(variants)).toBe(code);
});

describe("a code of before a change is none", () => {
  const written = { colour, header, size };
  test.each<[string, Definitions]>([
    [
      "a variant was added",
      defineFlags({ ...written, colour: { ...colour, variants: [...colour.variants, "pink"] } }),
    ],
    [
      "a variant was removed",
      defineFlags({ ...written, colour: { ...colour, variants: ["red", "blue"] } }),
    ],
    [
      "a variant was renamed",
      defineFlags({ ...written, colour: { ...colour, variants: ["red", "lime", "blue"] } }),
    ],
    ["a default is another", defineFlags({ ...written, colour: { ...colour, default: "blue" } })],
    [
      "a value is another",
      defineFlags({
        ...written,
        size: { ...size, variants: { ...size.variants, small: { rows: 10, columns: 3 } } },
      }),
    ],
    [
      "two variants' values were swapped",
      defineFlags({
        ...written,
        size: { ...size, variants: { small: size.variants.large, large: size.variants.small } },
      }),
    ],
    ["a flag was added", defineFlags({ ...written, footer: { default: false } })],
    ["a flag was renamed", defineFlags({ colour, size, heading: { default: false } })],
    ["a flag was removed", defineFlags({ colour, size })],
  ])("%s", async (_, changed) => {
    const code = await codesOf().sign(variants);
    expect(await codesOf(changed).read(code)).toBeUndefined();
  });
});

test("a group reads no code of another name, of other flags, or of another secret", async () => {
  const code = await codesOf().sign(variants);
  expect(await codesOf(shop, { name: "offers" }).read(code)).toBeUndefined();
  expect(await codesOf(shop, { keys: ["colour", "size"] }).read(code)).toBeUndefined();
  expect(await codesOf(shop, { secret: other }).read(code)).toBeUndefined();
});

test("of several secrets the first signs and all verify", async () => {
  const [before, rotated] = [codesOf(), codesOf(shop, { secret: [other, secret] })];
  const [old, fresh] = [await before.sign(variants), await rotated.sign(variants)];
  expect(await rotated.read(old)).toEqual(variants);
  expect(await rotated.read(fresh)).toEqual(variants);
  expect(await before.read(fresh)).toBeUndefined();
});

test("nothing is signed without a secret, and nothing is read", async () => {
  const code = await codesOf().sign(variants);
  for (const flags of [
    createFlags(shop, { source: sourceOf() }),
    { ...createFlags(shop, { source: sourceOf() }) },
  ]) {
    const codes = createPageCodes(flags, "home", ["colour", "header", "size"]);
    expect(await codes.read(code)).toBeUndefined();
    await expect(codes.sign(variants)).rejects.toMatchObject({
      code: "INVALID_SECRET",
      message: expect.stringMatching(/"home".*openssl rand/),
    });
  }
});

test.each<[string, unknown]>([
  ["a variant less", { colour: "red", header: "on" }],
  ["a variant that the flag does not have", { ...variants, colour: "pink" }],
  ["a variant of a prototype's name", { ...variants, colour: "toString" }],
  ["a value in place of a variant", { ...variants, header: true }],
  ["a variant that only a prototype has", Object.create(variants)],
])("nothing is signed for %s", async (_, wrong) => {
  await expect(codesOf().sign(wrong as never)).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
});

test.each<[string, () => unknown, string]>([
  ["no flags", () => codesOf(shop, { keys: [] }), "has no flags"],
  ["no name", () => codesOf(shop, { name: "" }), "needs a name"],
  ["an unknown flag", () => codesOf(shop, { keys: ["colour", "font"] }), '"font"'],
  ["a prototype's name", () => codesOf(shop, { keys: ["constructor"] }), '"constructor"'],
  ["a flag twice", () => codesOf(shop, { keys: ["size", "header", "size"] }), '"size" twice'],
  [
    "more flags than a code can name",
    () =>
      codesOf(
        defineFlags(
          Object.fromEntries(Array.from({ length: 600 }, (_, n) => [`f${n}`, { default: false }])),
        ),
      ),
    "600 flags",
  ],
])("a group with %s has no codes", (_, create, named) => {
  const expected = { code: "INVALID_OPTIONS", message: expect.stringContaining(named) };
  expect(create).toThrow(expect.objectContaining(expected));
});

test("a flag of kind permission is in no code, which whoever has it can pass on", () => {
  const definitions = defineFlags({ colour, admin: { default: false, kind: "permission" } });
  expect(() => codesOf(definitions)).toThrow(/"admin", of kind permission/);
});

test("a group's faults are named at once", () => {
  const keys = ["font", "size", "size", "theme"];
  expect(() => codesOf(shop, { keys })).toThrow(/"home".*"font".*"size" twice.*"theme"/);
});

describe("a wrong or outdated code is never read and never throws", () => {
  test.each<[string, (code: string) => unknown]>([
    ["nothing", () => undefined],
    ["null", () => null],
    ["a list", (code) => [code]],
    ["an object that is a text", (code) => new String(code)],
    ["an object that throws", () => ({ toString: () => expect.fail("it was called") })],
    ["an empty text", () => ""],
    ["a prototype's name", () => "__proto__"],
    ["another one", () => "constructor"],
    ["a code with more before it", (code) => `0${code}`],
    ["a code with more after it", (code) => `${code}A`],
    ["a code with a line after it", (code) => `${code}\n`],
    ["a code with a sign", (code) => `-${code}`],
    ["a code in capitals", (code) => code.toUpperCase()],
    [
      "a code that is percent-encoded",
      (code) => `%${code.charCodeAt(0).toString(16)}${code.slice(1)}`,
    ],
    ["a number alone", (code) => code.split("-")[0]],
    ["a number with no seal", (code) => `${code.split("-")[0]}-`],
    ["another number with its seal", (code) => code.replace(/^[\da-f]+/, "0")],
    ["a number that is none of them, with its seal", (code) => code.replace(/^[\da-f]+/, "ff")],
    ["far too many digits", (code) => `${"f".repeat(1e6)}${code}`],
    ["a long text", () => "x".repeat(1e6)],
  ])("%s", async (_, change) => {
    const codes = codesOf();
    const code = await codes.sign(variants);
    expect(await codes.read(change(code))).toBeUndefined();
  });

  test("what was sealed for something else", async () => {
    const codes = codesOf();
    const flags = createFlags(shop, { source: sourceOf(), secret });
    const token = await signOverrides({ colour: "blue" }, { secret, environment: "production" });
    expect(await codes.read(token)).toBeUndefined();
    expect(await codes.read((await visitorId(flags, undefined)).set)).toBeUndefined();
  });

  test("every prefix of a code", async () => {
    const codes = codesOf();
    const code = await codes.sign(variants);
    for (let length = 0; length < code.length; length++) {
      expect(await codes.read(code.slice(0, length))).toBeUndefined();
    }
  });

  test("any text", async () => {
    const codes = codesOf();
    const digits = fc.stringMatching(/^[\da-f]{1,4}$/);
    const seals = fc.stringMatching(/^[\w-]{43}$/);
    const anything = fc.oneof(
      fc.anything(),
      fc.string({ unit: "binary" }),
      fc.tuple(digits, seals).map((both) => both.join("-")),
    );
    await fc.assert(
      fc.asyncProperty(anything, async (code) => {
        expect(await codes.read(code)).toBeUndefined();
      }),
    );
  });

  test("a code of which any character was changed, added or left out", async () => {
    const codes = codesOf();
    const code = await codes.sign(variants);
    const at = fc.nat(code.length - 1);
    const character = fc.oneof(fc.constantFrom(..."09afAZ-_.%"), fc.string({ maxLength: 2 }));
    await fc.assert(
      fc.asyncProperty(at, character, fc.nat(1), async (index, put, drop) => {
        const changed = code.slice(0, index) + put + code.slice(index + drop);
        fc.pre(changed !== code);
        expect(await codes.read(changed)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
    for (const last of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") {
      const changed = code.slice(0, -1) + last;
      expect((await codes.read(changed)) === undefined).toBe(changed !== code);
    }
  });
});

const names = fc.oneof(
  fc.constantFrom(
    "__proto__",
    "constructor",
    "toString",
    "0",
    "1",
    "10",
    "a.b",
    "a-b",
    "ä",
    "\ud800",
  ),
  fc.string({ minLength: 1, maxLength: 4 }),
);
const values = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.dictionary(names, fc.jsonValue(), { maxKeys: 3 }),
  fc.array(fc.jsonValue(), { maxLength: 3 }),
);

/** A flag's variants, all of one type. */
const flag = fc
  .uniqueArray(fc.tuple(names, values), { minLength: 1, maxLength: 5, selector: ([name]) => name })
  .map((variants) => variants.filter(([, value]) => typeOf(value) === typeOf(variants[0]?.[1])));

const document = fc.uniqueArray(fc.tuple(names, flag), {
  minLength: 1,
  maxLength: 5,
  selector: ([key]) => key,
});
type Document = typeof document extends fc.Arbitrary<infer D> ? D : never;

function typeOf(value: unknown): string {
  return Array.isArray(value) ? "array" : typeof value;
}

function define(written: Document): Definitions {
  const defined = written.map(([key, variants]) => {
    const safe = variants.map(([name]) => name).sort()[0] ?? "";
    return [key, { default: safe, variants: Object.fromEntries(variants) }];
  });
  return defineFlags(Object.fromEntries(defined) as never);
}

/** One of the flags' combinations. */
function choose(written: Document, seed: number): Readonly<Record<string, string>> {
  return Object.fromEntries(
    written.map(([key, variants], at) => [
      key,
      variants[(seed >> at) % variants.length]?.[0] ?? "",
    ]),
  );
}

test("any definitions written in any order read the same codes", async () => {
  const seeds = fc.tuple(fc.nat(1000), fc.nat(1000));
  await fc.assert(
    fc.asyncProperty(document, seeds, async (written, [seed, turn]) => {
      const chosen = choose(written, seed);
      const reordered = rotate(written, turn).map(([key, variants]): Document[number] => [
        key,
        rotate(variants, turn).map(([name, value]) => [name, reverseKeys(value)]),
      ]);
      const codes = codesOf(define(written));
      const again = codesOf(define(reordered), { keys: reordered.map(([key]) => key) });
      const code = await codes.sign(chosen);
      expect(await codes.read(code)).toEqual(chosen);
      expect(await again.read(code)).toEqual(chosen);
      expect(await again.sign(chosen)).toBe(code);
    }),
  );
});

test("any definitions changed in any place read no code of before", async () => {
  const change = fc.constantFrom("key", "name", "value", "remove flag", "remove variant", "add");
  await fc.assert(
    fc.asyncProperty(document, change, fc.nat(1000), async (written, what, seed) => {
      const changed = edit(written, what, seed);
      fc.pre(changed.length > 0 && changed.every(([, variants]) => variants.length > 0));
      const code = await codesOf(define(written)).sign(choose(written, seed));
      expect(await codesOf(define(changed)).read(code)).toBeUndefined();
    }),
  );
});

function edit(written: Document, what: string, seed: number): Document {
  const at = seed % written.length;
  const fresh = "a new name, longer than all";
  if (what === "remove flag") return written.filter((_, index) => index !== at);
  return written.map(([key, variants], index): Document[number] => {
    if (index !== at) return [key, variants];
    if (what === "key") return [fresh, variants];
    const place = seed % variants.length;
    if (what === "remove variant") return [key, variants.filter((_, one) => one !== place)];
    const value = variants[0]?.[1] ?? "";
    if (what === "add") return [key, [...variants, [fresh, value]]];
    return [
      key,
      variants.map(([name, old], one) => {
        if (one !== place) return [name, old];
        return what === "name" ? [fresh, old] : [name, another(old)];
      }),
    ];
  });
}

/** Another value of the same type. */
function another(value: unknown): never {
  if (typeof value === "string") return `${value}!` as never;
  if (typeof value === "number") return (value + 1) as never;
  if (typeof value === "boolean") return !value as never;
  if (Array.isArray(value)) return [...value, null] as never;
  return { ...(value as object), "a new name": 1 } as never;
}

function rotate<Item>(list: readonly Item[], turn: number): Item[] {
  const at = turn % Math.max(1, list.length);
  return [...list.slice(at), ...list.slice(0, at)].reverse();
}

function reverseKeys(value: unknown): never {
  if (Array.isArray(value)) return value.map(reverseKeys) as never;
  if (typeof value !== "object" || value === null) return value as never;
  const entries = Object.entries(value).map(([key, child]) => [key, reverseKeys(child)] as const);
  return Object.fromEntries(entries.reverse()) as never;
}
