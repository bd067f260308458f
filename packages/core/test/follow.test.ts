import { BurgeeError, type FlagSet, type RevisionSink } from "@burgee/core";
import { expect, test } from "vitest";
import { followSource } from "../src/follow.js";
import type { Ruleset } from "../src/ruleset.js";
import { sourceOf } from "./source-of.js";

const first: FlagSet = { flags: {} };
const second: FlagSet = { flags: {}, metadata: { version: "2" } };

function follow(source = sourceOf()) {
  const adopted: [Ruleset, Ruleset | undefined][] = [];
  const problems: BurgeeError[] = [];
  const follower = followSource(source, {
    adopted: (...rulesets) => adopted.push(rulesets),
    problem: (problem) => problems.push(problem),
  });
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
  expect([follower.ruleset, follower.revision]).toEqual([undefined, undefined]);
});

test("holds the newest revision, and tells it together with the one before", async () => {
  const { follower, source, adopted } = follow(sourceOf(first));
  follower.start();
  await follower.arrival;
  expect(follower.revision).toBe("1");
  source.next(second);
  expect(follower.revision).toBe("2");
  expect(follower.ruleset?.flagSet).toBe(second);
  expect(adopted.map((pair) => pair.map((ruleset) => ruleset?.flagSet))).toEqual([
    [first, undefined],
    [second, first],
  ]);
});

test("a revision whose flag set cannot be had is a problem, and the last one stays", () => {
  const { follower, source, adopted, problems } = follow(sourceOf(first));
  const cause = new Error("gone");
  let sink: RevisionSink | undefined;
  source.subscribe = (given) => {
    sink = given;
    given.next({ id: "1", flagSet: first });
    return () => {};
  };
  follower.start();
  sink?.next({
    id: "2",
    get flagSet(): FlagSet {
      throw cause;
    },
  });
  expect(follower.revision).toBe("1");
  expect(follower.ruleset?.flagSet).toBe(first);
  expect(adopted).toHaveLength(1);
  expect(problems).toMatchObject([{ code: "SOURCE_UNAVAILABLE", cause }]);
});

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
  expect(follower.revision).toBe("1");
});

test("leaves the source when it is stopped, for good, and keeps what it holds", () => {
  const { follower, source } = follow(sourceOf(first));
  follower.start();
  follower.stop();
  expect(source.subscribers).toBe(0);
  follower.start();
  expect(source.subscribers).toBe(0);
  expect(follower.revision).toBe("1");
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
  expect([follower.revision, adopted, problems]).toEqual([undefined, [], []]);
});

test("stopped while it subscribes, it leaves the source as soon as it can, once", () => {
  let left = 0;
  const follower = followSource(
    {
      subscribe(sink) {
        sink.next({ id: "1", flagSet: first });
        return () => left++;
      },
    },
    { adopted: () => follower.stop(), problem: () => {} },
  );
  follower.start();
  follower.stop();
  expect(left).toBe(1);
});
