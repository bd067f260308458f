import fc from "fast-check";
import { expect, test } from "vitest";
import { scanEvents } from "../../src/http/event-stream.js";

/** How many events a text has, given in pieces. */
function count(...pieces: readonly string[]): number {
  let events = 0;
  const scan = scanEvents(() => events++);
  for (const piece of pieces) scan(piece);
  return events;
}

test.each([
  ["data: x\n\n", 1],
  ["data: x\ndata: y\n\n", 1],
  ["event: changed\n\n", 1],
  ["data: x\r\n\r\n", 1],
  ["data: x\r\rdata: y\r\r", 2],
  ["data\n\n", 1],
  [": hello\n\n", 0],
  ["retry: 1000\n\n", 0],
  ["id: 1\n\n", 0],
  ["\n\n\n\n", 0],
  ["data: x\n", 0],
  ["data: x", 0],
])("%j has %d events", (text, events) => {
  expect(count(text)).toBe(events);
});

test("a text has as many events however it is cut", () => {
  const line = fc.constantFrom("data: x", "data", ": hello", "retry: 1", "");
  const end = fc.constantFrom("\n", "\r\n");
  const text = fc.array(fc.tuple(line, end)).map((lines) => lines.flat().join(""));
  fc.assert(
    fc.property(text, fc.array(fc.nat(100)), (text, cuts) => {
      const places = [0, ...cuts.sort((a, b) => a - b), text.length + 100];
      const pieces = places.map((place, index) => text.slice(place, places[index + 1]));
      expect(count(...pieces)).toBe(count(text));
    }),
  );
});
