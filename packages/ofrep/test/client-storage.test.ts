import { defineFlags } from "@burgee/core";
import { payloadStorage } from "@burgee/ofrep/client";
import fc from "fast-check";
import { expect, test } from "vitest";

const definitions = defineFlags({
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"] },
  banner: { default: "none", variants: { none: { text: "" }, sale: { text: "SALE" } } },
});

const hybrid = { key: "search-ranking", value: "hybrid", variant: "hybrid", reason: "STATIC" };
const ada = '{"context":{"targetingKey":"ada@example.com"}}';

/** A storage of a browser, as far as it is used. */
function memory(quota = Number.POSITIVE_INFINITY) {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    removeItem: (key: string) => void items.delete(key),
    setItem(key: string, text: string) {
      if (text.length > quota) throw new DOMException("full", "QuotaExceededError");
      items.set(key, text);
    },
  };
}

/** What is read back when this is what is stored for ada. */
function readBack(change: (entry: Record<string, unknown>) => unknown) {
  const storage = memory();
  const kept = payloadStorage(() => storage, definitions);
  kept.write(ada, { flags: [hybrid] });
  const entry = JSON.parse(storage.items.get("burgee") ?? "");
  const changed = change(entry);
  storage.items.set("burgee", typeof changed === "string" ? changed : JSON.stringify(changed));
  return kept.read(ada);
}

test("the last values come back to who asked for them, and to nobody else", () => {
  const storage = memory();
  const kept = payloadStorage(() => storage, definitions);
  expect(kept.read(ada)).toBeUndefined();
  kept.write(ada, { flags: [hybrid] });
  expect(kept.read(ada)).toEqual({ flags: [hybrid] });
  expect(kept.read('{"context":{"targetingKey":"bob@example.com"}}')).toBeUndefined();
});

test("neither who asked nor a receipt nor a stream is kept", () => {
  const storage = memory();
  const eventStreams = [{ endpoint: { requestUri: "https://elsewhere.example/events" } }];
  const payload = { flags: [hybrid], receipt: "a receipt", eventStreams };
  payloadStorage(() => storage, definitions).write(ada, payload);
  expect(storage.items.get("burgee")).not.toMatch(/ada|example|receipt|events/);
});

test("two applications of one origin may keep theirs apart", () => {
  const storage = memory();
  payloadStorage(() => storage, definitions, "shop").write(ada, { flags: [hybrid] });
  expect(payloadStorage(() => storage, definitions, "admin").read(ada)).toBeUndefined();
});

test.each([
  ["is of another type, as an older application had it", { ...hybrid, value: true }],
  ["is null", { ...hybrid, value: null }],
  ["is a list, where an object is defined", { ...hybrid, key: "banner", value: ["SALE"] }],
  ["is missing", { ...hybrid, value: undefined }],
  ["is of a flag that is not defined", { ...hybrid, key: "secret-pricing" }],
  ["is of a name on every object", { ...hybrid, key: "constructor" }],
  ["has no key", { ...hybrid, key: undefined }],
  ["has no reason", { ...hybrid, reason: 1 }],
  ["is of a variant that is not defined", { ...hybrid, value: "vector", variant: "vector" }],
  ["is of a variant with a name on every object", { ...hybrid, variant: "toString" }],
  ["has a variant without a name", { ...hybrid, variant: { is: "hybrid" } }],
])("a value that %s is left out, and the others are not", (_name, answer) => {
  const banner = { key: "banner", value: { text: "SALE" }, variant: "sale", reason: "STATIC" };
  expect(readBack((entry) => ({ ...entry, flags: [answer, banner] }))).toEqual({ flags: [banner] });
});

test.each([
  ["a list", () => []],
  ["null", () => null],
  ["values that are no list", (entry: object) => ({ ...entry, flags: { length: 1 } })],
  ["no values", (entry: object) => ({ ...entry, flags: undefined })],
  ["nobody's", (entry: object) => ({ ...entry, asked: undefined })],
  ["far too long", (entry: object) => ({ ...entry, more: "x".repeat(300_000) })],
])("an entry that is %s is no entry", (_name, change) => {
  expect(readBack(change)).toBeUndefined();
});

test("whatever is stored, reading throws nothing, and gives nothing but defined flags", () => {
  const answers = fc.record({
    key: fc.oneof(fc.constantFrom("search-ranking", "__proto__"), fc.string()),
    value: fc.jsonValue(),
    reason: fc.jsonValue(),
    variant: fc.oneof(fc.constant("hybrid"), fc.jsonValue()),
  });
  const texts = fc.oneof(
    fc.json(),
    fc.string(),
    fc.array(answers).map((list) => ({ list })),
  );
  fc.assert(
    fc.property(texts, (stored) => {
      const read = readBack((entry) =>
        typeof stored === "string" ? stored : { ...entry, flags: stored.list },
      );
      for (const { key, value } of read?.flags ?? []) {
        expect([key, typeof value]).toEqual(["search-ranking", "string"]);
      }
    }),
  );
});

test("values that are too many take the last ones' place, and nothing is kept", () => {
  const storage = memory();
  const kept = payloadStorage(() => storage, definitions);
  kept.write(ada, { flags: [hybrid] });
  kept.write(ada, { flags: [{ ...hybrid, value: "x".repeat(300_000) }] });
  expect(storage.items.size).toBe(0);
});

test("a storage that is full, blocked or not there keeps nothing, and throws nothing", () => {
  const blocked = () => {
    throw new DOMException("blocked", "SecurityError");
  };
  const missing = () => (globalThis as unknown as { localStorage: Storage }).localStorage;
  const full = memory(10);
  for (const storage of [blocked, missing, () => full]) {
    const kept = payloadStorage(storage, definitions);
    kept.write(ada, { flags: [hybrid] });
    expect(kept.read(ada)).toBeUndefined();
  }
});
