import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFlags, defineFlags, type FlagSource, type RevisionSink } from "@burgee/core";
import { fileStore } from "@burgee/stores/file";
import { expect, onTestFinished, test } from "vitest";
import { flagSetWith } from "./flag-set-with.js";

const definitions = defineFlags({ "new-checkout": { default: false } });
const later = 60_000;

/** A store in a process that is frozen between requests: what it tells then is lost. */
function frozen(store: FlagSource): FlagSource {
  let awake = 1;
  const whileAwake = (sink: RevisionSink): RevisionSink => ({
    next: (revision) => void (awake && sink.next(revision)),
    current: () => void (awake && sink.current()),
    problem: (error) => void (awake && sink.problem(error)),
  });
  return {
    subscribe: (sink) => store.subscribe(whileAwake(sink)),
    async refresh() {
      awake = 1;
      await store.refresh?.();
      awake = 0;
    },
  };
}

async function openFrozen(maxAge: string) {
  const folder = await mkdtemp(join(tmpdir(), "burgee-refresh-"));
  const path = join(folder, "flags.json");
  await writeFile(path, JSON.stringify(flagSetWith("off")));
  const source = frozen(fileStore(path));
  let ahead = 0;
  const flags = createFlags(definitions, {
    source,
    refresh: { maxAge: maxAge as "10s" },
    now: () => Date.now() + ahead,
  });
  const problems: string[] = [];
  flags.observe({ problem: ({ code }) => void problems.push(code) });
  onTestFinished(async () => {
    flags.close();
    await rm(folder, { recursive: true });
  });
  await flags.ready();
  await source.refresh?.();
  const read = async () => (await flags.open({})).get("new-checkout");
  const pass = (time: number) => {
    ahead += time;
  };
  return { path, flags, problems, read, pass };
}

test("a process that was frozen serves what its file holds by now, once maxAge has passed", async () => {
  const { path, flags, read, pass } = await openFrozen("30s");
  await writeFile(path, JSON.stringify(flagSetWith("on")));
  expect(await read()).toBe(false);
  pass(later);
  expect(flags.scope({}).get("new-checkout")).toBe(false);
  expect(await read()).toBe(true);
});

test("a file that is gone is waited for no longer than 250 ms, and then what is held serves", async () => {
  const { path, problems, read, pass } = await openFrozen("30s");
  await rm(path);
  pass(later);
  const began = performance.now();
  expect(await Promise.all([read(), read()])).toEqual([false, false]);
  expect(performance.now() - began).toBeLessThan(400);
  expect(problems).toEqual(["SOURCE_UNAVAILABLE"]);
});
