import { type TestAPI, type TestFunction, type TestOptions, TestRunner } from "vitest";
import { inTests } from "./in-tests.js";
import { type HeaderOptions, overrideHeaders } from "./override-headers.js";
import type { TestOverrides } from "./overrides.js";
import { runInFrame } from "./run-in-frame.js";

/** What takes headers for all its requests, such as supertest's `request.agent(url)`. */
export interface HeaderTaker {
  set(headers: Record<string, string>): unknown;
}

/** What {@link flagTest} gives a test. */
export interface FlagFixtures {
  /** How the application is told of overrides: `flagTest.extend({ flagHeaders: { environment } })`. */
  flagHeaders: HeaderOptions;
  /** The global one; the application that is asked serves what is overridden where this is called. */
  fetch: typeof globalThis.fetch;
  /** Has an agent of supertest do the same: `await agent(request.agent(url))`. */
  agent: <Agent extends HeaderTaker>(agent: Agent) => Promise<Agent>;
}

/** Options of a {@link flagTest}. */
export interface FlagTestOptions extends Omit<TestOptions, "shuffle"> {
  /** The variants that scopes serve in the test, by flag key. `@default none` */
  readonly flags?: TestOverrides;
}

/** Vitest's `test`, whose options may say what is overridden. */
export type FlagTest = TestAPI<FlagFixtures> &
  ((name: string, options: FlagTestOptions, work: TestFunction<FlagFixtures>) => void);

/**
 * Vitest's `test`, in which flags are as its options say: in the test, in all it awaits and starts, and
 * in applications elsewhere that it asks by its `fetch` or its `agent`. Hooks run outside of it.
 *
 * @example
 * ```ts
 * import { flagTest } from "@burgee/vitest";
 * import { expect } from "vitest";
 *
 * flagTest("pays on one page", { flags: { "new-checkout": "on" } }, async ({ fetch }) => {
 *   const answer = await fetch("http://127.0.0.1:3000/checkout");
 *   expect(await answer.text()).toContain("Pay now");
 * });
 * ```
 */
export const flagTest: FlagTest = createFlagTest();

function createFlagTest(): FlagTest {
  const collector = TestRunner.createTaskCollector(collect);
  if (!inTests) return collector as FlagTest; // Vitest gives fixtures to tests alone
  return collector.extend<FlagFixtures>({
    flagHeaders: {},
    fetch: ({ flagHeaders }, use) =>
      use(async (resource, init) => {
        const request = new Request(resource, init);
        const signed = await overrideHeaders(flagHeaders);
        for (const [name, value] of Object.entries(signed)) request.headers.set(name, value);
        return globalThis.fetch(request);
      }),
    agent: ({ flagHeaders }, use) =>
      use(async (agent) => {
        agent.set(await overrideHeaders(flagHeaders));
        return agent;
      }),
  });
}

type Work = TestFunction<FlagFixtures>;

/** Collects a test as Vitest's own `test` does; `this` are its modifiers, such as `concurrent`. */
function collect(
  this: Readonly<Record<string, unknown>>,
  name: string,
  first?: FlagTestOptions | Work,
  second?: Work | number,
): void {
  const { flags = {}, ...options } = typeof first === "object" ? first : {};
  const work = typeof first === "function" ? first : second;
  const timeout = typeof second === "number" ? { timeout: second } : {};
  const { fn: collectPlain } = TestRunner.getCurrentSuite().test;
  const inFrame = typeof work === "function" ? frame(work as TestFunction, flags) : undefined;
  collectPlain.call(this as never, name, { ...options, ...timeout }, inFrame);
}

/** The same test in a frame. What fixtures it wants, Vitest still reads off its text. */
function frame(work: TestFunction, flags: TestOverrides): TestFunction {
  return new Proxy(work, {
    apply: (_, self, given: Parameters<TestFunction>) => {
      const [{ signal }] = given;
      return runInFrame(flags, () => Reflect.apply(work, self, given), { signal });
    },
    get: (_, key) => (key === "toString" ? () => work.toString() : Reflect.get(work, key)),
  });
}
