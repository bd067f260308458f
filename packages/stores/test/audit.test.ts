import { createHash, createHmac } from "node:crypto";
import type { AuditEntry, FlagChange, FlagSet, JsonValue } from "@burgee/core";
import { auditEntry, hashOf, verifyHistory } from "@burgee/stores/audit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "../src/canonical-json.js";
import { flagSetWith } from "./flag-set-with.js";

const key = "a key of 32 characters, and more.";
const other = `another ${key}`;
const who = { actor: "ada", reason: "a test", kind: "release" } as const;
const off = { ...flagSetWith("off"), $evaluators: { staff: { var: "staff" } } };

/** A history, the newest first: each entry turns the flag on or off. */
function history(length: number, auditKey?: string): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (let index = 1; index <= length; index++) {
    const [before, after] = index % 2 ? (["off", "on"] as const) : (["on", "off"] as const);
    const change: FlagChange = {
      ...who,
      expected: `r${index - 1}`,
      origin: { commit: "4f2c1d0", build: String(index) },
      flags: { put: flagSetWith(after).flags },
      metadata: { version: index },
    };
    const made = { revision: `r${index}`, previous: entries[0]?.hash ?? "" };
    entries.unshift(auditEntry(change, flagSetWith(before), made, auditKey));
  }
  return entries;
}

describe("an entry", () => {
  const change: FlagChange = {
    ...who,
    expected: "1",
    flags: { put: { ...off.flags, added: { state: "DISABLED", variants: { on: true } } } },
    evaluators: { remove: ["staff", "none"] },
  };
  const made = { revision: "2", previous: "", time: "2026-01-01T00:00:00.000Z" };

  test("says what was before and after, of what differs alone", () => {
    expect(auditEntry(change, off, made)).toEqual({
      ...who,
      ...made,
      flags: { added: { after: { state: "DISABLED", variants: { on: true } } } },
      evaluators: { staff: { before: { var: "staff" } } },
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test("has a hash that others can make: SHA-256, or HMAC-SHA-256, of its canonical JSON", () => {
    const { hash, ...rest } = auditEntry(change, off, made);
    const text = canonicalJson(rest);
    expect(text).toMatch(/^\{"actor":"ada","evaluators":\{"staff":\{"before":/);
    expect(hash).toBe(createHash("sha256").update(text).digest("hex"));
    const signed = auditEntry(change, off, made, [key, other]);
    expect(signed.hash).toBe(createHmac("sha256", key).update(text).digest("hex"));
  });

  test("has the same hash after it was written and read", () => {
    const entry = auditEntry({ ...change, origin: { build: "naïve 🚩" } }, off, made, key);
    expect(hashOf(JSON.parse(JSON.stringify(entry)), key)).toBe(entry.hash);
  });

  test("a flag named __proto__ is in it like any other", () => {
    const put = JSON.parse('{"__proto__":{"state":"DISABLED","variants":{"on":true}}}');
    const entry = auditEntry({ ...change, flags: { put } }, off, made);
    expect(Object.keys(entry.flags)).toEqual(["__proto__"]);
    expect(auditEntry({ ...change, flags: { put: {} } }, off, made).hash).not.toBe(entry.hash);
  });

  test("a key that can be guessed is refused", async () => {
    for (const weak of ["", "secret", [key, "x".repeat(31)]]) {
      expect(() => auditEntry(change, off, made, weak)).toThrow("INVALID_SECRET");
      await expect(verifyHistory([], { key: weak })).rejects.toThrow("INVALID_SECRET");
    }
  });

  test("what is nested too deep to be hashed is refused", () => {
    const deep = JSON.parse(`${"[".repeat(50_000)}${"]".repeat(50_000)}`) as JsonValue;
    const nested = { ...change, evaluators: { put: { deep } } };
    expect(() => auditEntry(nested, off, made)).toThrow("INVALID_FLAG_SET");
  });
});

test("canonical JSON is one text, whatever the order of the keys", () => {
  const json = fc.jsonValue({ noNegativeZero: true } as object) as fc.Arbitrary<JsonValue>;
  fc.assert(
    fc.property(json, (value) => {
      const text = canonicalJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(reversed(value))).toBe(text);
    }),
  );
  expect(canonicalJson({ b: [1, undefined], a: undefined, é: 1e21 })).toBe(
    '{"b":[1,null],"é":1e+21}',
  );
});

function reversed(value: JsonValue): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  const entries = Object.entries(value).map(([name, item]) => [name, reversed(item)] as const);
  return Object.fromEntries(entries.reverse());
}

describe.each([
  ["without a key", undefined],
  ["with a key", key],
])("a history %s", (_, auditKey) => {
  const options = auditKey === undefined ? {} : { key: auditKey };
  const five = history(5, auditKey);
  const [r5, r4, r3, r2, r1] = five as [AuditEntry, AuditEntry, AuditEntry, AuditEntry, AuditEntry];

  test("is verified as it was made, also if it is read bit by bit, or is none", async () => {
    await verifyHistory(five, options);
    await verifyHistory(five, { ...options, revision: "r5" });
    await verifyHistory(
      (async function* () {
        yield* five;
      })(),
      options,
    );
    await verifyHistory([], options);
  });

  test.each<[string, AuditEntry[], RegExp]>([
    ["that is missing", [r5, r4, r2, r1], /at revision "r4": the entry that it follows is missing/],
    ["that is missing at the beginning", [r5, r4, r3, r2], /at revision "r2": .* is missing/],
    ["that is there twice", [r5, r4, r3, r3, r2, r1], /at revision "r3": .* was put in/],
    [
      "that stands too late",
      [r3, r5, r4, r2, r1],
      /at revision "r4": .* is missing|before the entry/,
    ],
    ["that changed places", [r5, r3, r4, r2, r1], /at revision "r4": it stands before/],
    ["of all, turned around", [r1, r2, r3, r4, r5], /at revision "r5": it stands before/],
  ])("an entry %s is found and named", async (_name, entries, what) => {
    await expect(verifyHistory(entries, options)).rejects.toMatchObject({
      code: "BROKEN_CHAIN",
      message: expect.stringMatching(what),
    });
  });

  test("an entry that was put in with the right hash is found and named", async () => {
    const made = { revision: "x", previous: r2.hash };
    const strange = auditEntry({ ...who, expected: "r2" }, off, made, auditKey);
    await expect(verifyHistory([r5, r4, r3, strange, r2, r1], options)).rejects.toMatchObject({
      code: "BROKEN_CHAIN",
      revision: "x",
      message: expect.stringContaining("was put in"),
    });
  });

  test("newest entries that were cut off are found if the revision is known", async () => {
    await verifyHistory([r3, r2, r1], options);
    const cut = verifyHistory([r3, r2, r1], { ...options, revision: "r5" });
    await expect(cut).rejects.toThrow(/at revision "r5": .* newest ones are missing/);
    const all = verifyHistory([], { ...options, revision: "r5" });
    await expect(all).rejects.toThrow(/at revision "r5"/);
  });

  test("a part of it is verified after the entry before it", async () => {
    await verifyHistory([r5, r4], { ...options, after: r3.hash });
    const wrong = verifyHistory([r5, r4], { ...options, after: r2.hash });
    await expect(wrong).rejects.toThrow(/at revision "r4"/);
  });

  test("one that was made with another key says so", async () => {
    const verified = verifyHistory(five, { key: other });
    await expect(verified).rejects.toThrow(/at revision "r1": .* none was signed with this key/);
  });

  test("any change of any field of any entry is found, and its entry named", async () => {
    const places = five.flatMap((entry, index) =>
      pathsOf(entry as unknown as JsonValue).map((path) => ({ index, path })),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), fc.jsonValue(), async ({ index, path }, to) => {
        const changed = structuredClone(five);
        const entry = changed[index] as unknown as Record<string, JsonValue>;
        const parent = path
          .slice(0, -1)
          .reduce<Record<string, JsonValue>>(
            (value, name) => value[name] as Record<string, JsonValue>,
            entry,
          );
        const last = path.at(-1) as string;
        fc.pre(canonicalJson(parent[last]) !== canonicalJson(to));
        parent[last] = to as JsonValue;
        await expect(verifyHistory(changed, options)).rejects.toMatchObject({
          code: "BROKEN_CHAIN",
          revision: path[0] === "revision" ? to : five[index]?.revision,
        });
        delete parent[last];
        await expect(verifyHistory(changed, options)).rejects.toThrow("BROKEN_CHAIN");
      }),
      { numRuns: 300 },
    );
  });

  test("a field that was added is found", async () => {
    const changed = five.map((entry, index) => (index === 2 ? { ...entry, note: "x" } : entry));
    await expect(verifyHistory(changed, options)).rejects.toMatchObject({ revision: "r3" });
  });
});

test("without a key, whoever makes all hashes anew is not found; with one, he is", async () => {
  const forge = (entries: AuditEntry[]): AuditEntry[] => {
    const forged: AuditEntry[] = [];
    for (const { hash: _, ...entry } of entries.toReversed()) {
      const mine = { ...entry, actor: "eve", previous: forged[0]?.hash ?? "" };
      forged.unshift({ ...mine, hash: hashOf(mine) });
    }
    return forged;
  };
  await verifyHistory(forge(history(3)));
  await expect(verifyHistory(forge(history(3, key)), { key })).rejects.toThrow("BROKEN_CHAIN");
});

test("a key can be replaced: the entries of both are taken", async () => {
  const [old] = history(1, other) as [AuditEntry];
  const made = { revision: "r2", previous: old.hash };
  const change = { ...who, expected: "r1", flags: { put: off.flags } };
  const entry = auditEntry(change, { flags: {} } satisfies FlagSet, made, [key, other]);
  await verifyHistory([entry, old], { key: [key, other] });
  await expect(verifyHistory([entry, old], { key })).rejects.toMatchObject({ revision: "r1" });
});

/** Where an entry has values, by their names from the outside in. */
function pathsOf(value: JsonValue): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    [name],
    ...pathsOf(inner).map((path) => [name, ...path]),
  ]);
}
