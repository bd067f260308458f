import { currentScope, runInScope } from "@burgee/core/ambient";
import { expect, test, vi } from "vitest";
import { flagSet, openShop } from "./shop.js";

const { flags } = openShop(flagSet);

test("there is no current scope outside of any", () => {
  expect(currentScope()).toBeUndefined();
});

test("runInScope gives what the work gives, or throws what it throws", async () => {
  const scope = flags.scope({});
  expect(runInScope(scope, () => 7)).toBe(7);
  expect(await runInScope(scope, async () => 7)).toBe(7);
  const work = () => {
    throw new RangeError("no");
  };
  expect(() => runInScope(scope, work)).toThrow(RangeError);
  expect(currentScope()).toBeUndefined();
});

test("the scope is the current one in everything the work awaits or starts", async () => {
  const scope = flags.scope({ plan: "pro" });
  const seen: unknown[] = [];
  await runInScope(scope, async () => {
    seen.push(currentScope());
    await Promise.resolve();
    seen.push(currentScope());
    await new Promise<void>((resolve) => {
      setImmediate(() => {
        seen.push(currentScope());
        resolve();
      });
    });
  });
  expect(seen).toEqual([scope, scope, scope]);
});

test("an inner scope is the current one until its work ends", () => {
  const [outer, inner] = [flags.scope({}), flags.scope({})];
  runInScope(outer, () => {
    runInScope(inner, () => expect(currentScope()).toBe(inner));
    expect(currentScope()).toBe(outer);
  });
});

test("a second copy of the package shares the current scope", async () => {
  vi.resetModules();
  const copy = await import("@burgee/core/ambient");
  expect(copy.currentScope).not.toBe(currentScope);
  const scope = flags.scope({});
  expect(runInScope(scope, () => copy.currentScope())).toBe(scope);
  expect(copy.runInScope(scope, () => currentScope())).toBe(scope);
});
