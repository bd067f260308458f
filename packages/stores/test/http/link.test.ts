import { expect, test } from "vitest";
import { eventsOf } from "../../src/http/link.js";

const document = new URL("https://flags.example.com/shop/flags.json");

test.each([
  ['<events>; rel="alternate"; type="text/event-stream"', "https://flags.example.com/shop/events"],
  ["</events>; rel=alternate; type=text/event-stream", "https://flags.example.com/events"],
  [
    '</a>; rel="next", </b?x=1,2>; type="text/event-stream"; rel="alternate"',
    "https://flags.example.com/b?x=1,2",
  ],
  ['</events>; REL="alternate"; TYPE="text/event-stream"', "https://flags.example.com/events"],
  ['<https://other.example.com/events>; rel="alternate"; type="text/event-stream"', undefined],
  ['<http://flags.example.com/events>; rel="alternate"; type="text/event-stream"', undefined],
  ['</events>; rel="alternate"', undefined],
  ['</events>; type="text/event-stream"', undefined],
  ['</events>; rel="alternates"; type="text/event-streams"', undefined],
  ["<http://[>; rel=alternate; type=text/event-stream", undefined],
  ["garbage, <, >;;", undefined],
  ["", undefined],
  [null, undefined],
])("%s offers %s", (link, events) => {
  expect(eventsOf(link, document)?.href).toBe(events);
});

test("a long one takes no time", () => {
  const began = performance.now();
  eventsOf(`<${"; rel=".repeat(20_000)}`, document);
  eventsOf(`<a>${'; rel="'.repeat(20_000)}`, document);
  expect(performance.now() - began).toBeLessThan(1000);
});
