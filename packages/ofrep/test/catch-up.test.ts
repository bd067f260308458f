import { setImmediate } from "node:timers/promises";
import { createFlags, defineFlags, type FlagSource, type RevisionSink } from "@burgee/core";
import { ofrepHandler } from "@burgee/ofrep";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";

afterEach(() => void vi.useRealTimers());

const client = defineFlags({ beta: { default: false } });

/** An instance that gets each revision when it is told to. */
function openInstance() {
  let sink: RevisionSink | undefined;
  const source: FlagSource = {
    subscribe(given) {
      sink = given;
      return () => {};
    },
  };
  const flags = createFlags(client, { source, client });
  const handle = ofrepHandler(flags);
  flags.scope({});
  onTestFinished(() => {
    handle.close();
    flags.close();
  });
  const hold = (id: string, defaultVariant: "on" | "off") => {
    const variants = { on: true, off: false };
    const flagSet = { flags: { beta: { state: "ENABLED", variants, defaultVariant } as const } };
    sink?.next({ id, flagSet });
  };
  const ask = async (query = "") => {
    const url = `http://localhost/ofrep/v1/evaluate/flags${query}`;
    const response = await handle(new Request(url, { method: "POST" }));
    return (await response.json()).flags[0].value;
  };
  hold("1", "off");
  return { handle, hold, ask };
}

/** From now on nobody's time runs out by itself. */
function standStill(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
}

/** Resolves once so many answers wait. */
async function waiting(answers: number): Promise<void> {
  while (vi.getTimerCount() < answers) await setImmediate();
}

test("who was told of a change by one instance gets it from another, as soon as that has it", async () => {
  const [told, behind] = [openInstance(), openInstance()];
  told.hold("2", "on");
  const stream = await told.handle(new Request("http://localhost/ofrep/v1/events"));
  const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
  const event = new TextDecoder().decode((await reader.read()).value);
  const { etag } = JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? "{}");
  const answer = behind.ask(`?flagConfigEtag=${etag}&flagConfigLastModified=1`);
  await behind.ask();
  behind.hold("2", "on");
  expect(await answer).toBe(true);
});

test("what never comes is waited for no longer than a second", async () => {
  standStill();
  const { ask } = openInstance();
  const answer = ask("?flagConfigEtag=never");
  await waiting(1);
  vi.advanceTimersByTime(999);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(1);
  expect(await answer).toBe(false);
});

test("what was held before is not waited for", async () => {
  const { ask, hold } = openInstance();
  hold("2", "on");
  expect([await ask("?flagConfigEtag=1"), await ask("?flagConfigEtag=2")]).toEqual([true, true]);
});

test("of what was held before, the last hundred revisions are known", async () => {
  standStill();
  const { ask, hold } = openInstance();
  for (let revision = 2; revision <= 101; revision++) {
    hold(String(revision), revision % 2 === 0 ? "on" : "off");
  }
  expect(await ask("?flagConfigEtag=2")).toBe(false);
  const answer = ask("?flagConfigEtag=1");
  await waiting(1);
  vi.advanceTimersByTime(1000);
  expect(await answer).toBe(false);
});

test("once what was waited for is there, no timer is left", async () => {
  standStill();
  const { ask, hold } = openInstance();
  const answer = ask("?flagConfigEtag=2");
  await waiting(1);
  hold("2", "on");
  expect(await answer).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test("so many may wait, and all go on when the handler closes", async () => {
  standStill();
  const { ask, handle } = openInstance();
  const answers = Array.from({ length: 1000 }, () => ask("?flagConfigEtag=never"));
  await waiting(1000);
  expect(await ask("?flagConfigEtag=never")).toBe(false);
  expect(vi.getTimerCount()).toBe(1000);
  handle.close();
  expect(await Promise.all(answers)).toHaveLength(1000);
});
