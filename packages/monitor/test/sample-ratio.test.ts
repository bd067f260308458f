import fc from "fast-check";
import { expect, test } from "vitest";
import { createSampleRatio, createUnitHash } from "../src/sample-ratio.js";
import { countCells, exposure } from "./outcomes.js";

/** Numbers that look random, the same every time. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** The lowest p-value that is ever seen of units that arrive as they should. */
function lowest(seed: number, units: number, share: (index: number) => number) {
  const random = randomFrom(seed);
  const ratio = createSampleRatio(createUnitHash(seed));
  for (let index = 0; index < units; index++) {
    const on = share(index);
    const variant = random() < on ? "on" : "off";
    ratio.count(variant, { id: "a", unit: `user-${index}`, share: { on, off: 1 - on } });
  }
  return ratio.snapshot().pValue;
}

test.each([0.5, 0.05, 0.01])("units that arrive as told (%s) seldom ever look wrong", (share) => {
  let wrong = 0;
  for (let seed = 0; seed < 300; seed++) if (lowest(seed, 3000, () => share) <= 0.05) wrong++;
  expect(wrong / 300).toBeLessThanOrEqual(0.05);
});

test("weights that rise over time are no uneven split", () => {
  let wrong = 0;
  const rising = (index: number) => 0.01 + (0.98 * index) / 3000;
  for (let seed = 0; seed < 300; seed++) if (lowest(seed, 3000, rising) <= 0.05) wrong++;
  expect(wrong / 300).toBeLessThanOrEqual(0.05);
});

test("of 10,000 units a split of 47 to 53, told as even, is found out", () => {
  const random = randomFrom(1);
  const ratio = createSampleRatio(createUnitHash(1));
  for (let index = 0; index < 10_000; index++) {
    const variant = random() < 0.47 ? "on" : "off";
    ratio.count(variant, { id: "a", unit: `user-${index}`, share: { on: 0.5, off: 0.5 } });
  }
  const { pValue, units, expected } = ratio.snapshot();
  expect(pValue).toBeLessThan(0.001);
  expect(units["on"]).toBeLessThan(units["off"] as number);
  expect(expected["on"]).toBe(expected["off"]);
});

test("a unit counts once, however often it comes back", () => {
  const ratio = createSampleRatio(createUnitHash());
  const split = { id: "a", unit: "ada", share: { on: 0.5, off: 0.5 } };
  for (let requests = 0; requests < 1000; requests++) ratio.count("on", split);
  expect(ratio.snapshot()).toMatchObject({ units: { on: 1, off: 0 }, expected: { on: 0.5 } });
  expect(ratio.snapshot().pValue).toBe(1);
});

test("of a million units a part is counted, and they still look right", () => {
  const random = randomFrom(2);
  const ratio = createSampleRatio(createUnitHash(2));
  for (let index = 0; index < 1_000_000; index++) {
    const variant = random() < 0.5 ? "on" : "off";
    ratio.count(variant, { id: "a", unit: `user-${index}`, share: { on: 0.5, off: 0.5 } });
  }
  const { units, pValue } = ratio.snapshot();
  expect((units["on"] ?? 0) + (units["off"] ?? 0)).toBe(24_576);
  expect(pValue).toBeGreaterThan(0.05);
});

test("a variant without a share counts for nothing", () => {
  const ratio = createSampleRatio(createUnitHash());
  ratio.count("on", { id: "a", unit: "ada", share: { on: 0, off: 1 } });
  ratio.count("constructor", { id: "a", unit: "bob", share: { on: 0, off: 1 } });
  expect(ratio.snapshot()).toMatchObject({ units: { on: 0, off: 0 }, pValue: 1 });
});

test("with constant shares it is the multinomial test with a Dirichlet prior", () => {
  const logGamma = (from: number, count: number) => {
    let sum = 0; // log of Γ(from + count) / Γ(from)
    for (let step = 0; step < count; step++) sum += Math.log(from + step);
    return sum;
  };
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (arrivals) => {
      const ratio = createSampleRatio(createUnitHash(3));
      const [on, off] = [0.2, 0.8];
      let most = 0;
      let counted = { on: 0, off: 0 };
      arrivals.forEach((isOn, index) => {
        ratio.count(isOn ? "on" : "off", { id: "a", unit: `${index}`, share: { on, off } });
        const { units } = ratio.snapshot();
        counted = { on: units["on"] ?? 0, off: units["off"] ?? 0 };
        const evidence =
          logGamma(1000 * on, counted.on) +
          logGamma(1000 * off, counted.off) -
          logGamma(1000, counted.on + counted.off) -
          counted.on * Math.log(on) -
          counted.off * Math.log(off);
        most = Math.max(most, evidence);
      });
      expect(ratio.snapshot().pValue).toBeCloseTo(Math.exp(-most), 9);
    }),
  );
});

test("every split of a flag is checked, by its units", () => {
  const { cells, count } = countCells();
  for (const unit of ["ada", "bob", "ada"]) count(exposure("new-checkout", "on", "a", { unit }));
  count(exposure("new-checkout", "off", "b"));
  count(exposure("search-ranking", "on"));
  expect(cells.splits()).toMatchObject([
    { flag: "new-checkout", split: "a", units: { on: 2, off: 0 }, expected: { on: 1, off: 1 } },
    { flag: "new-checkout", split: "b", units: { on: 0, off: 1 } },
  ]);
});
