import fc from "fast-check";
import { expect, test } from "vitest";
import { type HashState, murmur3, murmur3State } from "../src/murmur3.js";
import file from "./vectors/murmur3.json" with { type: "json" };

test.each(file.vectors)("hashes $input to $hash", ({ input, hash }) => {
  expect(murmur3(input) >>> 0).toBe(hash);
});

test.each([
  ["\ud800", "�"],
  ["\udfff", "�"],
  ["a\ude00b", "a�b"],
  ["\ud83d\ud83d\ude00", "�😀"],
  ["\ude00\ud83d", "��"],
])("hashes the lone surrogates of %j as U+FFFD", (text, replaced) => {
  expect(murmur3(text)).toBe(murmur3(replaced));
});

test("hashes any text as the reference does its UTF-8 bytes", () => {
  const surrogate = fc.integer({ min: 0xd800, max: 0xdfff });
  const unit = fc.oneof(fc.integer({ min: 0, max: 0x7ff }), fc.integer({ max: 0xffff, min: 0 }));
  const text = fc.array(fc.oneof(unit, surrogate)).map((units) => String.fromCharCode(...units));
  fc.assert(
    fc.property(fc.oneof(text, fc.string({ unit: "binary" })), (input) => {
      expect(murmur3(input) >>> 0).toBe(reference(new TextEncoder().encode(input)));
    }),
    { numRuns: 1000 },
  );
});

test("goes on from the state of any text as if both were one", () => {
  const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary-ascii" }));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const state = murmur3State(before) as HashState;
      expect(murmur3(after, state)).toBe(murmur3(before + after));
    }),
    { numRuns: 1000 },
  );
});

/** MurmurHash3_x86_32 with seed 0, as its C++ source has it. */
function reference(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const tail = bytes.length & ~3;
  let hash = 0;
  for (let at = 0; at < tail; at += 4) {
    hash ^= mixed(view.getUint32(at, true));
    hash = rotated(hash, 13);
    hash = Math.imul(hash, 5) + 0xe6546b64;
  }
  let last = 0;
  for (let at = bytes.length - 1; at >= tail; at--) last = (last << 8) | view.getUint8(at);
  hash ^= mixed(last);
  hash ^= bytes.length;
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return hash >>> 0;
}

function mixed(word: number): number {
  return Math.imul(rotated(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
