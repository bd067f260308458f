import { createFlags, defineFlags, type FlagDefinition, type JsonValue } from "@burgee/core";
import { ofrepHandler } from "@burgee/ofrep";
import { memoryStore } from "@burgee/stores/memory";
import fc from "fast-check";
import { expect, test } from "vitest";

const values = {
  boolean: [true, false],
  string: ["one", "two"],
  number: [1, 2.5],
  object: [{ text: "<b>" }, { text: "", list: [null] }],
} as const;

type Kind = keyof typeof values;

/** Asked as an attribute that both audiences may send. */
const context = { targetingKey: "ada", plan: "pro" };

const isPro = { "==": [{ var: "plan" }, "pro"] };
const reduce = (list: JsonValue, inner: JsonValue): JsonValue => ({ reduce: [list, inner, 0] });
const hundred: JsonValue = Array.from({ length: 100 }, () => 1);
const million = reduce(hundred, reduce(hundred, reduce(hundred, { var: "accumulator" })));

/** It takes a while until it is given up: once is enough. */
const withoutEnd = { targeting: million };

/** A row of the table of how a flag is decided: a flag, and what servers are told of it. */
interface Row {
  /** What differs from an enabled flag of the variants `first` and `second`, the latter by default. */
  readonly flag: Partial<FlagDefinition> | "absent";
  /** The variant that serves; undefined where the default of whoever asks does. */
  readonly serves?: "first" | "second";
  readonly reason?: string;
  readonly errorCode?: string;
  /** Whether the flag's values are of another type than code says: then browsers get the default. */
  readonly ofAnotherType?: true;
}

const rows: Readonly<Record<string, Row>> = {
  "the key is unknown": { flag: "absent", errorCode: "FLAG_NOT_FOUND" },
  "the state is DISABLED": { flag: { state: "DISABLED" }, reason: "DISABLED" },
  "an operator is unknown": { flag: { targeting: { fly: [1] } }, errorCode: "PARSE_ERROR" },
  "a reference dangles": {
    flag: { targeting: { if: [{ $ref: "nothing" }, "first"] } },
    errorCode: "PARSE_ERROR",
  },
  "references form a cycle": {
    flag: { targeting: { if: [{ $ref: "egg" }, "first"] } },
    errorCode: "PARSE_ERROR",
  },
  "there is no targeting": { flag: {}, serves: "second", reason: "STATIC" },
  "the targeting is empty": { flag: { targeting: {} }, serves: "second", reason: "STATIC" },
  "the targeting gives null": {
    flag: { targeting: { if: [{ "!": isPro }, "first"] } },
    serves: "second",
    reason: "DEFAULT",
  },
  "the targeting names a variant": {
    flag: { targeting: { if: [isPro, "first"] } },
    serves: "first",
    reason: "TARGETING_MATCH",
  },
  "a shared rule names it": {
    flag: { targeting: { if: [{ $ref: "isPro" }, "first"] } },
    serves: "first",
    reason: "TARGETING_MATCH",
  },
  "a split wins it": {
    flag: {
      targeting: {
        fractional: [
          ["first", 1],
          ["second", 0],
        ],
      },
    },
    serves: "first",
    reason: "TARGETING_MATCH",
  },
  "a split has no unit": {
    flag: { targeting: { fractional: [{ var: "nothing" }, ["first", 1]] } },
    serves: "second",
    reason: "DEFAULT",
  },
  "the name is no variant's": { flag: { targeting: { cat: ["nobody"] } }, errorCode: "GENERAL" },
  "the name is a prototype's": { flag: { targeting: { cat: ["toString"] } }, errorCode: "GENERAL" },
  "the targeting does not end": { flag: withoutEnd, errorCode: "GENERAL" },
  "the default variant is null": { flag: { defaultVariant: null }, reason: "DEFAULT" },
  "it is needed and null": {
    flag: { defaultVariant: null, targeting: { if: [{ "!": isPro }, "first"] } },
    reason: "DEFAULT",
  },
  "it is null and not needed": {
    flag: { defaultVariant: null, targeting: { if: [isPro, "first"] } },
    serves: "first",
    reason: "TARGETING_MATCH",
  },
  "the values are of another type": {
    flag: {},
    serves: "second",
    reason: "STATIC",
    ofAnotherType: true,
  },
};

interface Case {
  readonly key: string;
  readonly row: Row;
  readonly kind: Kind;
  /** Whether browsers may have it. */
  readonly shown: boolean;
}

function variantsOf({ row, kind }: Case): Record<"first" | "second", JsonValue> {
  const [first, second] =
    values[row.ofAnotherType ? (kind === "string" ? "number" : "string") : kind];
  return { first, second } as Record<"first" | "second", JsonValue>;
}

const setMetadata = { flagSetId: "shop", version: 42 };

function open(cases: readonly Case[]) {
  const flags = Object.fromEntries(
    cases.flatMap((one) => {
      if (one.row.flag === "absent") return [];
      const metadata = { owner: one.key };
      const common = { state: "ENABLED", variants: variantsOf(one), defaultVariant: "second" };
      return [[one.key, { ...common, metadata, ...one.row.flag } as FlagDefinition]];
    }),
  );
  const definitionsOf = (some: readonly Case[]) =>
    defineFlags(
      Object.fromEntries(
        some.map(({ key, kind }) => {
          const [first, second] = values[kind];
          return [
            key,
            { default: "first", variants: { first, second } as Record<string, JsonValue> },
          ];
        }),
      ),
    );
  const $evaluators = { isPro, hen: { $ref: "egg" }, egg: { "!": [{ $ref: "hen" }] } };
  const source = memoryStore({ flags, $evaluators, metadata: setMetadata });
  const client = definitionsOf(cases.filter(({ shown }) => shown));
  const served = createFlags(definitionsOf(cases), { source, client });
  served.observe({ problem: () => {} });
  const toBrowsers = ofrepHandler(served, { acceptContext: ["targetingKey", "plan"] });
  const toServers = ofrepHandler(served, { audience: "server", authorize: () => true });
  return {
    toBrowsers,
    toServers,
    close() {
      toBrowsers.close();
      toServers.close();
      served.close();
    },
  };
}

type Handle = (request: Request) => Promise<Response>;

async function ask(handle: Handle, key = "", headers: Record<string, string> = {}) {
  const url = `http://localhost/ofrep/v1/evaluate/flags${key && `/${encodeURIComponent(key)}`}`;
  const body = JSON.stringify({ context });
  const response = await handle(new Request(url, { method: "POST", body, headers }));
  const text = await response.text();
  const etag = response.headers.get("etag") ?? "";
  return { status: response.status, body: text && JSON.parse(text), etag };
}

interface Told {
  readonly status: number;
  readonly body: { readonly key: string };
}

/** What servers are told: the table, literally. */
function toldServers(one: Case): Told {
  const { key, row } = one;
  const { serves, reason, errorCode } = row;
  if (errorCode !== undefined) {
    const status = errorCode === "FLAG_NOT_FOUND" ? 404 : 400;
    const body = { key, errorCode, errorDetails: expect.stringMatching(/./) };
    return { status, body };
  }
  const metadata = { ...setMetadata, owner: key };
  const served = serves && { value: variantsOf(one)[serves], variant: serves };
  const body = { key, ...served, reason, metadata };
  return { status: 200, body };
}

/** What browsers are told: a value, if it is theirs to know, and if only the default. */
function toldBrowsers(one: Case): Told {
  const { key, row, kind, shown } = one;
  if (!shown) {
    const errorDetails = "There is no such flag.";
    const body = { key, errorCode: "FLAG_NOT_FOUND", errorDetails };
    return { status: 404, body };
  }
  if (row.serves === undefined || row.ofAnotherType) {
    const [value] = values[kind];
    const body = { key, value, variant: "first", reason: "DEFAULT" };
    return { status: 200, body };
  }
  const body = {
    key,
    value: variantsOf(one)[row.serves],
    variant: row.serves,
    reason: row.reason,
  };
  return { status: 200, body };
}

const cases: fc.Arbitrary<readonly Case[]> = fc
  .array(
    fc.record({
      name: fc.string({ unit: "grapheme", maxLength: 12 }),
      row: fc.constantFrom(...Object.values(rows).filter(({ flag }) => flag !== withoutEnd)),
      kind: fc.constantFrom<Kind>("boolean", "string", "number", "object"),
      shown: fc.boolean(),
    }),
    { minLength: 200, maxLength: 400, size: "max" },
  )
  .map((all) => all.map(({ name, ...one }, index) => ({ key: `${name}-${index}`, ...one })));

test("every row of the table is told as it is written, to servers and to browsers, alone and in bulk", async () => {
  const known = Object.entries(rows).map(
    ([key, row]) => ({ key, row, kind: "string", shown: true }) as const,
  );
  await check(known);
});

test("so is every flag of sets with thousands of them", { timeout: 60_000 }, async () => {
  let checked = 0;
  await fc.assert(
    fc.asyncProperty(cases, async (all) => {
      checked += all.length;
      await check(all);
    }),
    { numRuns: 12 },
  );
  expect(checked).toBeGreaterThan(2400);
});

async function check(all: readonly Case[]): Promise<void> {
  const { toBrowsers, toServers, close } = open(all);
  for (const [handle, told] of [
    [toServers, toldServers],
    [toBrowsers, toldBrowsers],
  ] as const) {
    for (const one of all) {
      expect(await ask(handle, one.key)).toEqual({ ...told(one), etag: "" });
    }
    const bulk = await ask(handle);
    const metadata = handle === toServers ? setMetadata : {};
    const flags = all.map(told).filter(({ status }) => status !== 404);
    expect(bulk).toMatchObject({ status: 200, body: { metadata } });
    expect(sorted(bulk.body.flags)).toEqual(sorted(flags.map(({ body }) => body)));
    const again = await ask(handle, "", { "if-none-match": bulk.etag });
    expect(again).toEqual({ status: 304, body: "", etag: bulk.etag });
  }
  close();
}

function sorted(flags: readonly { readonly key: string }[]) {
  return flags.toSorted((a, b) => (a.key < b.key ? -1 : 1));
}
