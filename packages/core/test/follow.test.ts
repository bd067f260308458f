import { BurgeeError, type FlagSet, type RevisionSink } from "@burgee/core";
import { expect, test, vi } from "vitest";
import { type Adoption, type FollowerEvents, followSource } from "../src/follow.js";
import { ruled } from "./shop.js";
import { sourceOf } from "./source-of.js";

const first: FlagSet = { flags: { kept: ruled("on"), edited: ruled("on") } };
const second: FlagSet = { flags: { kept: ruled("on"), edited: ruled("off") } };

function follow(source = sourceOf(), events: Partial<FollowerEvents> = {}) {
  const adopted: Adoption[] = [];
  const problems: BurgeeError[] = [];
  const follower = followSource(
    source,
    {
      adopted: (adoption) => adopted.push(adoption),
      problem: (problem) => problems.push(problem),
      turned: () => {},
      ...events,
    },
    Date.now,
  );
  return { follower, source, adopted, problems };
}

test("subscribes when it is started, once", () => {
  const { follower, source } = follow();
  expect(source.subscribers).toBe(0);
  follower.start();
  follower.start();
  expect(source.subscribers).toBe(1);
});

test("holds nothing before the first revision", () => {
  const { follower } = follow();
  follower.start();
  expect(follower.held).toBeUndefined();
});

test("holds the newest revision, and tells it together with the one before", async () => {
  const { follower, source, adopted } = follow(sourceOf(first));
  follower.start();
  await follower.arrival;
  expect(follower.held?.revision).toBe("1");
  source.next(second);
  expect(follower.held?.revision).toBe("2");
  expect(follower.held?.ruleset?.flagSet).toEqual(second);
  expect(adopted.map(({ held }) => held.ruleset.flagSet)).toEqual([first, second]);
  expect(adopted.map(({ previous }) => previous?.ruleset.flagSet)).toEqual([undefined, first]);
  expect(adopted.map(({ whole }) => whole)).toEqual([true, true]);
});

test("what another revision changes is told, also where that had to be found out", () => {
  const { follower, source, adopted } = follow(sourceOf(first));
  follower.start();
  source.next(second);
  expect(adopted.map(({ delta }) => delta?.flags)).toEqual([
    undefined,
    { put: { edited: ruled("off") }, remove: [] },
  ]);
});

test("flags that another revision has, too, are not compiled again", () => {
  const scheduled: string[] = [];
  const late = ruled({ if: [{ "<": [{ var: "$flagd.timestamp" }, 100] }, "on"] });
  const { follower, source } = follow(sourceOf({ flags: { ...first.flags, late } }), {
    scheduled: (key) => scheduled.push(key),
  });
  follower.start();
  follower.held?.ruleset?.evaluate("late", false, {});
  source.next({ flags: { ...second.flags, late: structuredClone(late) } });
  source.change({ flags: { remove: ["kept"] } });
  follower.held?.ruleset?.evaluate("late", false, {});
  expect(scheduled).toEqual(["late"]);
});

test("of a revision made of the one held, only the delta is read", () => {
  const { follower, source, adopted, problems } = follow(sourceOf(first));
  follower.start();
  const delta = { from: "1", flags: { put: { edited: ruled("off") }, remove: ["kept"] } };
  const flagSet = vi.fn(() => first);
  source.bring(
    Object.defineProperty({ id: "2", flagSet: first, delta }, "flagSet", { get: flagSet }),
  );
  expect(follower.held?.ruleset?.flagSet).toEqual({ flags: { edited: ruled("off") } });
  expect([follower.held?.revision, adopted[1]?.whole, problems]).toEqual(["2", false, []]);
  expect(flagSet).not.toHaveBeenCalled();
});

test("a delta made of a revision that is not held is ignored, and the flag set is read", () => {
  const { follower, source, adopted } = follow(sourceOf(first));
  follower.start();
  source.bring({ id: "3", flagSet: second, delta: { from: "2", flags: { remove: ["edited"] } } });
  expect(follower.held?.ruleset?.flagSet).toEqual(second);
  expect(adopted[1]?.whole).toBe(true);
});

test("a delta before the first revision is ignored, and the flag set is read", () => {
  const { follower, source } = follow();
  follower.start();
  source.bring({ id: "2", flagSet: second, delta: { from: "1", flags: { remove: ["edited"] } } });
  expect(follower.held?.ruleset?.flagSet).toEqual(second);
});

test("what is current before the first revision is nothing that could become stale", () => {
  const { follower, source } = follow();
  follower.start();
  source.current();
  expect(follower.verification.age).toBeUndefined();
  source.next(first);
  expect(follower.verification.age).toBeGreaterThanOrEqual(0);
});

test("a revision whose flag set cannot be had is a problem, and the last one stays", () => {
  const { follower, source, adopted, problems } = follow(sourceOf(first));
  const cause = new Error("gone");
  follower.start();
  source.bring({
    id: "2",
    get flagSet(): FlagSet {
      throw cause;
    },
  });
  expect(follower.held?.revision).toBe("1");
  expect(follower.held?.ruleset?.flagSet).toBe(first);
  expect(adopted).toHaveLength(1);
  expect(problems).toMatchObject([{ code: "SOURCE_UNAVAILABLE", cause }]);
});

test.each([[undefined], [null], [{}], [{ flags: null }], [{ flags: [] }]])(
  "a revision of %o is an INVALID_FLAG_SET problem, and the last one stays",
  (flagSet) => {
    const { follower, source, problems } = follow(sourceOf(first));
    follower.start();
    source.bring({ id: "2", flagSet: flagSet as unknown as FlagSet });
    expect([follower.held?.revision, follower.held?.ruleset?.flagSet]).toEqual(["1", first]);
    expect(problems).toMatchObject([{ code: "INVALID_FLAG_SET" }]);
  },
);

test("a source that cannot be subscribed to is a problem", () => {
  const { follower, source, problems } = follow();
  source.subscribe = () => {
    throw new Error("no such file");
  };
  follower.start();
  expect(problems).toMatchObject([{ code: "SOURCE_UNAVAILABLE" }]);
  expect(problems[0]?.message).toContain("no such file");
});

test("a source's own BurgeeError is passed on as it is", () => {
  const { follower, source, problems } = follow(sourceOf(first));
  const error = new BurgeeError("INVALID_FLAG_SET", "flags.json: /flags must be an object.");
  follower.start();
  source.problem(error);
  expect(problems).toEqual([error]);
  expect(follower.held?.revision).toBe("1");
});

test("leaves the source when it is stopped, for good, and keeps what it holds", () => {
  const { follower, source } = follow(sourceOf(first));
  follower.start();
  follower.stop();
  expect(source.subscribers).toBe(0);
  follower.start();
  expect(source.subscribers).toBe(0);
  expect([follower.held?.revision, follower.stopped]).toEqual(["1", true]);
});

test("a stopped follower ignores what its source still says", () => {
  const { follower, source, adopted, problems } = follow();
  let sink: RevisionSink | undefined;
  source.subscribe = (given) => {
    sink = given;
    return () => {};
  };
  follower.start();
  follower.stop();
  sink?.next({ id: "1", flagSet: first });
  sink?.problem(new Error("late"));
  sink?.current();
  expect([follower.held?.revision, adopted, problems]).toEqual([undefined, [], []]);
  expect([follower.verification.outage, follower.verification.age]).toEqual([undefined, undefined]);
});

test("stopped while it subscribes, it leaves the source as soon as it can, once", () => {
  let left = 0;
  const source = sourceOf(first);
  source.subscribe = (sink) => {
    sink.next({ id: "1", flagSet: first });
    return () => left++;
  };
  const { follower } = follow(source, { adopted: () => follower.stop() });
  follower.start();
  follower.stop();
  expect(left).toBe(1);
});
