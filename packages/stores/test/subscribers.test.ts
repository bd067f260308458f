import { BurgeeError, type Revision } from "@burgee/core";
import { expect, test } from "vitest";
import { createSubscribers } from "../src/subscribers.js";
import { listen } from "./events.js";
import { flagSetWith } from "./flag-set-with.js";

const first: Revision = { id: "1", flagSet: flagSetWith("off") };
const gone = new BurgeeError("SOURCE_UNAVAILABLE", "gone");

function create() {
  const happened: string[] = [];
  const subscribers = createSubscribers({
    start: () => happened.push("start"),
    stop: () => happened.push("stop"),
  });
  return { subscribers, happened };
}

test("the first starts, the last stops, and each leaves once", () => {
  const { subscribers, happened } = create();
  const [one, two] = [listen(subscribers), listen(subscribers)];
  one.stop();
  one.stop();
  expect(happened).toEqual(["start"]);
  two.stop();
  listen(subscribers).stop();
  expect(happened).toEqual(["start", "stop", "start", "stop"]);
});

test("one sink may subscribe twice, and is told twice", () => {
  const { subscribers } = create();
  let told = 0;
  const sink = { next: () => void told++, current() {}, problem() {} };
  const leave = subscribers.subscribe(sink);
  subscribers.subscribe(sink);
  subscribers.next(first);
  leave();
  subscribers.next(first);
  expect(told).toBe(3);
});

test("one who comes late is told the revision held", () => {
  const { subscribers } = create();
  listen(subscribers);
  subscribers.next(first);
  const late = listen(subscribers);
  expect([late.revisions, late.problems]).toEqual([[first], []]);
});

test("one who comes in an outage is told since when, and why", () => {
  const { subscribers } = create();
  listen(subscribers);
  subscribers.next(first);
  subscribers.problem(gone);
  const late = listen(subscribers);
  expect(late.revisions).toEqual([{ ...first, verifiedAt: expect.any(Number) }]);
  expect(late.problems).toEqual([gone]);
  subscribers.current();
  expect(listen(subscribers)).toMatchObject({ revisions: [first], problems: [] });
});

test("a fault of the document is told to those who listen, and to nobody later", () => {
  const { subscribers } = create();
  const early = listen(subscribers);
  subscribers.next(first);
  subscribers.problem(new BurgeeError("INVALID_FLAG_SET", "torn"));
  expect(early.problems).toHaveLength(1);
  expect(listen(subscribers)).toMatchObject({ revisions: [first], problems: [] });
});

test("one who begins anew is told what was held, and that it is in doubt", () => {
  const { subscribers } = create();
  const before = listen(subscribers);
  subscribers.next(first);
  subscribers.problem(gone);
  before.stop();
  const after = listen(subscribers);
  expect(after.revisions).toEqual([{ ...first, verifiedAt: expect.any(Number) }]);
  expect(after.problems).toEqual([]);
});

test("one who leaves while others are told is told no more", () => {
  const { subscribers } = create();
  const leave = [() => {}];
  subscribers.subscribe({ next: () => leave[0]?.(), current() {}, problem() {} });
  const told = listen(subscribers);
  leave[0] = told.stop;
  subscribers.next(first);
  expect(told.revisions).toEqual([]);
});
