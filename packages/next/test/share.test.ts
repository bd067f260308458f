import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createNextFlags } from "../src/index.js";
import { shopFlags } from "./shop.js";

/** Declares Flags as a bundle of the application does; what it has made, and what was closed. */
function declare(name: string, label: string, log: string[]) {
  return createNextFlags(
    name,
    () => {
      log.push(`made ${label}`);
      const flags = shopFlags();
      return { ...flags, close: () => log.push(`closed ${label}`) };
    },
    { attach: () => ({ label, monitor: { close: () => log.push(`closed monitor ${label}`) } }) },
  );
}

beforeEach(() => vi.stubEnv("NODE_ENV", "production"));
afterEach(() => vi.unstubAllEnvs());

test("nothing is made before it is needed, and what is made is there for every bundle", () => {
  const log: string[] = [];
  const instrumentation = declare("once", "first", log);
  const proxy = declare("once", "second", log);
  expect(log).toEqual([]);
  expect(proxy.flags).toBe(instrumentation.flags);
  expect(proxy.attached).toBe(instrumentation.attached);
  expect(proxy.definitions["new-checkout"].default).toBe("off");
  expect(log).toEqual(["made first"]);
});

test("in development the newest code counts, and what it replaces is closed", () => {
  vi.stubEnv("NODE_ENV", "development");
  const log: string[] = [];
  const before = declare("edited", "old", log);
  expect(before.attached.label).toBe("old");
  declare("edited", "new", log);
  expect(log).toEqual(["made old", "closed monitor old", "closed old"]);
  expect(before.attached.label).toBe("new");
});

test("a cookie that nobody can set is refused when the flags are named", () => {
  expect(() => createNextFlags("bad", shopFlags, { visitor: "no cookie; at all" })).toThrow(
    /is no name for a cookie/,
  );
});
