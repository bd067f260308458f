import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BurgeeError,
  createFlags,
  defineFlags,
  type FlagSet,
  type FlagStore,
  type Revision,
} from "@burgee/core";
import { lastKnownGood } from "@burgee/stores/cache";
import { httpSource } from "@burgee/stores/http";
import { layeredSource } from "@burgee/stores/layered";
import { memoryStore } from "@burgee/stores/memory";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { cacheFile } from "../src/cache/file.js";
import { testSource } from "./contract.js";
import { listen } from "./events.js";
import { document, serve } from "./flag-server.js";
import { flagSetWith } from "./flag-set-with.js";
import { sourceInHand } from "./source-in-hand.js";

const on: Revision = { id: "on", flagSet: flagSetWith("on") };
const off: Revision = { id: "off", flagSet: flagSetWith("off") };
const gone = new BurgeeError("SOURCE_UNAVAILABLE", "It is gone.");

let place: string;
let folder: string;
let path: string;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "burgee-cache-"));
});

beforeEach(async () => {
  folder = await mkdtemp(join(place, "test-"));
  path = join(folder, "flags");
});

afterEach(() => void vi.useRealTimers());

// what a test left to be written is written by then
afterAll(() => rm(place, { recursive: true, maxRetries: 10 }));

/** Keeps a revision, as it was verified some time ago. */
function keep(revision: Revision, age = 0): Promise<void> {
  return cacheFile(path).write(revision, Date.now() - age);
}

/** Waits until a revision is kept. */
async function kept(id: string): Promise<Revision> {
  return vi.waitFor(async () => {
    const revision = await cacheFile(path).read();
    expect(revision?.id).toBe(id);
    return revision as Revision;
  });
}

describe("a source", () => {
  testSource(async (flagSet) => {
    const server = await serve(document(flagSet));
    return {
      source: lastKnownGood(httpSource(server.url, { interval: 30 }), { path }),
      async change(changed) {
        server.handle = document(changed);
      },
    };
  });
});

test("a revision is kept in a file that only its owner may read, and nothing else is left", async () => {
  const source = sourceInHand(on);
  path = join(folder, "made", "later", "flags");
  const told = listen(lastKnownGood(source, { path }));
  expect(told.revisions).toEqual([on]);
  await kept("on");
  told.stop();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, "made"))).mode & 0o777).toBe(0o700);
  expect(await readdir(join(folder, "made", "later"))).toEqual(["flags"]);
});

test("nothing is read or written before the first subscriber", async () => {
  lastKnownGood(sourceInHand(on), { path });
  expect(await readdir(folder)).toEqual([]);
});

test("a source that is out at the start: what was kept serves, then its problem is told", async () => {
  await keep(on, 60_000);
  const source = sourceInHand();
  const told = listen(lastKnownGood(source, { path }));
  source.problem(gone);
  await told.until(() => told.problems.length === 1);
  expect(told.revisions).toMatchObject([on]);
  expect(Date.now() - (told.revisions[0]?.verifiedAt ?? 0)).toBeGreaterThanOrEqual(60_000);
  expect(told.problems).toEqual([gone]);
  source.next(off);
  expect(told.revisions.at(-1)).toBe(off);
  await kept("off");
  told.stop();
});

test("a source that says nothing for a second is out", async () => {
  await keep(on);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const told = listen(lastKnownGood(sourceInHand(), { path }));
  vi.advanceTimersByTime(999);
  await cacheFile(path).read();
  expect(told.revisions).toEqual([]);
  vi.advanceTimersByTime(1);
  vi.useRealTimers();
  await told.until(() => told.problems.length === 1);
  expect(told.revisions).toMatchObject([on]);
  expect(told.problems[0]?.message).toContain("nothing for 1000 ms");
  told.stop();
});

test("a source that comes while the file is read wins, and its problem of before is over", async () => {
  await keep(on);
  const source = sourceInHand();
  const told = listen(lastKnownGood(source, { path }));
  source.problem(gone);
  source.next(off);
  await kept("off");
  told.stop();
  expect([told.revisions, told.problems]).toEqual([[off], []]);
});

test("a refresh of a source that is out resolves once what was kept serves", async () => {
  await keep(on);
  const server = await serve((_, response) => response.destroy());
  const cached = lastKnownGood(httpSource(server.url), { path });
  const told = listen(cached);
  await cached.refresh();
  told.stop();
  expect(told.revisions).toMatchObject([on]);
  expect(told.problems).toHaveLength(1);
});

test("what was kept too long ago does not serve", async () => {
  await keep(on, 86_400_001);
  const source = sourceInHand();
  const told = listen(lastKnownGood(source, { path, maxAge: "1d" }));
  source.problem(gone);
  await told.until(() => told.problems.length === 1);
  told.stop();
  expect(told.revisions).toEqual([]);
});

test("maxAge must be a time", () => {
  expect(() => lastKnownGood(sourceInHand(), { path, maxAge: Number.NaN })).toThrow(
    /INVALID_OPTIONS/,
  );
});

test("a subscriber that comes later is told the same", async () => {
  await keep(on);
  const source = sourceInHand();
  const cached = lastKnownGood(source, { path });
  const early = listen(cached);
  source.problem(gone);
  await early.until(() => early.problems.length === 1);
  const late = listen(cached);
  expect([late.revisions, late.problems]).toEqual([early.revisions, early.problems]);
  early.stop();
  late.stop();
  expect(source.subscribers).toBe(0);
});

describe("flags over a cache, started while the source is down", () => {
  const definitions = defineFlags({
    "new-checkout": { default: false },
    hasty: { default: false, maxStaleness: "10m" },
  });
  const flagSet: FlagSet = {
    flags: {
      "new-checkout": flagSetWith("on").flags["new-checkout"] as FlagSet["flags"][string],
      hasty: flagSetWith("on").flags["new-checkout"] as FlagSet["flags"][string],
    },
  };

  test.each([
    [0, true],
    [600_001, false],
  ])("kept for %d ms: a flag of maxStaleness 10m is %s", async (age, value) => {
    await keep({ id: "1", flagSet }, age);
    const down = await serve(document(flagSet));
    await down.close();
    const source = lastKnownGood(httpSource(down.url, { interval: 30 }), { path });
    const flags = createFlags(definitions, { source });
    flags.observe({ problem: () => {} });
    expect(await flags.ready({ timeout: 1000 })).toBe(true);
    expect(flags.health.status).toBe("stale");
    expect(flags.health.age).toBeGreaterThanOrEqual(age);
    const scope = flags.scope({});
    expect([scope.get("new-checkout"), scope.get("hasty")]).toEqual([true, value]);

    const changed = new Promise<void>((resolve) => flags.observe({ changed: () => resolve() }));
    const server = await serve(document(flagSetWith("off")), down.port);
    await changed;
    expect(flags.scope({}).get("new-checkout")).toBe(false);
    expect(flags.health.status).toBe("ready");
    flags.close();
    await vi.waitFor(() => expect(server.sockets).toBe(0));
  });
});

describe("a file", () => {
  /** Starts with a file as it is while the source is down, and tells the problems. */
  async function problemsOf(): Promise<string[]> {
    const source = sourceInHand();
    const told = listen(lastKnownGood(source, { path }));
    source.problem(gone);
    await told.until(() => told.problems.includes(gone));
    told.stop();
    expect(told.revisions).toEqual([]);
    return told.problems.map(({ message }) => message).slice(0, -1);
  }

  test("that is missing or empty is no problem", async () => {
    expect(await problemsOf()).toEqual([]);
    await writeFile(path, "");
    expect(await problemsOf()).toEqual([]);
  });

  test("that is torn anywhere is a problem, and does not serve", async () => {
    await keep(on);
    const { size } = await stat(path);
    for (const length of [1, 20, 60, 100, 150, size - 1]) {
      await keep(on);
      await truncate(path, length);
      expect(await problemsOf()).toEqual([expect.stringMatching(/it is torn.*CACHE_FAILED/s)]);
    }
    await keep(on); // is written over
  });

  test("of which one byte is changed is a problem, and does not serve", async () => {
    await keep(on);
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace('"defaultVariant":"on"', '"defaultVariant":"of"'));
    expect(await problemsOf()).toEqual([expect.stringContaining("it is torn")]);
  });

  test("of something else is a problem, and is never written over", async () => {
    const text = JSON.stringify(on.flagSet);
    await writeFile(path, text);
    expect(await problemsOf()).toEqual([expect.stringContaining("it is something else's file")]);
    const source = sourceInHand(off);
    const told = listen(lastKnownGood(source, { path }));
    await told.until(() => told.problems.length === 1);
    expect(told.problems[0]).toMatchObject({ code: "CACHE_FAILED" });
    told.stop();
    expect(await readFile(path, "utf8")).toBe(text);
    expect(await readdir(folder)).toEqual(["flags"]);
  });

  test("that is a folder is a problem", async () => {
    await mkdir(path);
    expect(await problemsOf()).toEqual([expect.stringContaining("it is not a file")]);
  });

  test("that cannot be written is a problem told once, and no outage", async () => {
    await writeFile(join(folder, "file"), "");
    const source = sourceInHand(on);
    const cached = lastKnownGood(source, { path: join(folder, "file", "flags") });
    const flags = createFlags(defineFlags({ "new-checkout": { default: false } }), {
      source: cached,
    });
    const problems: string[] = [];
    const failed = new Promise<void>((resolve) => {
      flags.observe({
        problem({ code }) {
          problems.push(code);
          resolve();
        },
      });
    });
    await flags.ready();
    await failed;
    expect(problems).toEqual(["CACHE_FAILED"]);
    expect(flags.health.status).toBe("ready");
    flags.close();
  });
});

test("what is not written yet when the last subscriber leaves is written then", async () => {
  const source = sourceInHand(on);
  const told = listen(lastKnownGood(source, { path }));
  await kept("on");
  source.next(off);
  told.stop();
  await kept("off");
});

test("that the revision held was verified is kept too, but not each time", async () => {
  const source = sourceInHand(on);
  const told = listen(lastKnownGood(source, { path }));
  const { verifiedAt = 0 } = await kept("on");
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(verifiedAt));
  for (let time = 0; time < 100; time++) source.current();
  expect((await kept("on")).verifiedAt).toBe(verifiedAt);
  told.stop();
  await vi.waitFor(async () => expect((await kept("on")).verifiedAt).toBeGreaterThan(verifiedAt));
});

test("a revision in doubt is told, and not kept", async () => {
  const source = sourceInHand(on);
  const told = listen(lastKnownGood(source, { path }));
  await kept("on");
  source.next({ ...off, verifiedAt: 1 });
  told.stop();
  expect(told.revisions.at(-1)).toMatchObject({ id: "off" });
  await new Promise((resolve) => setTimeout(resolve, 20));
  await kept("on");
});

test("layers of which one is out at the start: the whole that was kept serves, until all are back", async () => {
  const layers = [sourceInHand(on), sourceInHand()] as const;
  const cached = lastKnownGood(layeredSource(...layers), { path });
  const before = listen(cached);
  layers[1].next({ id: "1", flagSet: flagSetWith("off") });
  const [whole] = before.revisions;
  await kept(whole?.id ?? "");
  before.stop();

  const again = [sourceInHand(on), sourceInHand()] as const;
  const told = listen(lastKnownGood(layeredSource(...again), { path }));
  again[1].problem(gone);
  await told.until(() => told.problems.length === 1);
  expect(told.revisions).toMatchObject([{ id: whole?.id, flagSet: flagSetWith("off") }]);
  again[1].next({ id: "2", flagSet: flagSetWith("on") });
  expect(told.revisions.at(-1)).toMatchObject({ flagSet: flagSetWith("on") });
  told.stop();
});

test("a store is still a store", async () => {
  const store: FlagStore = memoryStore(flagSetWith("off"));
  const cached = lastKnownGood(store, { path });
  const told = listen(cached);
  const entry = await cached.commit({
    expected: (await cached.read()).id,
    flags: { put: flagSetWith("on").flags },
    actor: "ada",
    reason: "a test",
    kind: "release",
  });
  expect(told.revisions.at(-1)?.id).toBe(entry.revision);
  const history: string[] = [];
  for await (const { revision } of cached.history()) history.push(revision);
  expect(history).toContain(entry.revision);
  expect("commit" in cached).toBe(true);
  expect("refresh" in cached).toBe("refresh" in store);
  told.stop();
});

test("so is one of a class with private parts", async () => {
  class Source {
    readonly #held = on;
    get held() {
      return this.#held;
    }
    subscribe(sink: { next(revision: Revision): void }) {
      sink.next(this.#held);
      return () => {};
    }
    async read() {
      return this.#held;
    }
  }
  const cached = lastKnownGood(Object.freeze(new Source()), { path });
  const told = listen(cached);
  expect(told.revisions).toEqual([on]);
  expect(await cached.read()).toBe(on);
  expect(cached.held).toBe(on);
  told.stop();
  await kept("on");
});
