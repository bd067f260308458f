import { createFlags, defineFlags, type FlagSet } from "@burgee/core";
import { type EnvSourceOptions, envSource } from "@burgee/stores/env";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { testSource } from "./contract.js";
import { listen } from "./events.js";

const definitions = defineFlags({
  "new-checkout": { default: false },
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"] },
  "page-size": { default: "small", variants: { small: 10, large: 50 } },
  dark: { default: "night", variants: { night: true, day: false } },
  oneClick: { default: false },
});

/** What a source of these variables says. */
function read(env: Record<string, string>, options: EnvSourceOptions = { definitions }) {
  const { revisions, problems, stop } = listen(envSource({ ...options, env }));
  stop();
  const flags = Object.entries(revisions[0]?.flagSet.flags ?? {});
  return {
    served: Object.fromEntries(flags.map(([key, flag]) => [key, flag.defaultVariant])),
    flags: revisions[0]?.flagSet.flags,
    problems: problems.map(({ message }) => message),
  };
}

describe("a source", () => {
  testSource(async ({ flags }: FlagSet) => {
    const env: Record<string, string> = {};
    const source = envSource({ env });
    const change = async ({ flags }: FlagSet) => {
      env["FLAG_NEW_CHECKOUT"] = String(flags["new-checkout"]?.defaultVariant);
      await source.refresh?.();
    };
    await change({ flags });
    return { source, change };
  });
});

test.each([
  ["FLAG_NEW_CHECKOUT", "on", { "new-checkout": "on" }],
  ["FLAG_NEW_CHECKOUT", "TRUE", { "new-checkout": "on" }],
  ["FLAG_NEW_CHECKOUT", "1", { "new-checkout": "on" }],
  ["FLAG_NEW_CHECKOUT", "Off", { "new-checkout": "off" }],
  ["FLAG_NEW_CHECKOUT", "false", { "new-checkout": "off" }],
  ["FLAG_NEW_CHECKOUT", "0", { "new-checkout": "off" }],
  ["FLAG_SEARCH_RANKING", "hybrid", { "search-ranking": "hybrid" }],
  ["FLAG_PAGE_SIZE", "large", { "page-size": "large" }],
  ["FLAG_DARK", "off", { dark: "day" }],
  ["FLAG_DARK", "night", { dark: "night" }],
  ["FLAG_ONE_CLICK", "on", { oneClick: "on" }],
  ["FLAG_NEW_CHECKOUT", "", {}],
  ["NEW_CHECKOUT", "on", {}],
])("%s=%s sets %o", (name, text, served) => {
  expect(read({ [name]: text })).toMatchObject({ served, problems: [] });
});

test("a flag that is set has its definition's variants, and no rule", () => {
  expect(read({ FLAG_PAGE_SIZE: "large" }).flags).toEqual({
    "page-size": { state: "ENABLED", variants: { small: 10, large: 50 }, defaultVariant: "large" },
  });
});

test.each([
  ["FLAG_NEW_CHEKOUT", "on", "The environment variable FLAG_NEW_CHEKOUT names no flag."],
  [
    "FLAG_SEARCH_RANKING",
    "hybird",
    'FLAG_SEARCH_RANKING names no variant of search-ranking, which has bm25, hybrid: "hybird".',
  ],
  ["FLAG_SEARCH_RANKING", "on", "FLAG_SEARCH_RANKING names no variant of search-ranking"],
  ["FLAG_NEW_CHECKOUT", "yes", "FLAG_NEW_CHECKOUT names no variant of new-checkout"],
  ["FLAG_NEW_CHECKOUT", "toString", "FLAG_NEW_CHECKOUT names no variant of new-checkout"],
])("%s=%s is a problem that names it, and sets nothing", (name, text, message) => {
  const { served, problems } = read({ [name]: text, FLAG_ONE_CLICK: "on" });
  expect(served).toEqual({ oneClick: "on" });
  expect(problems).toEqual([expect.stringContaining(message)]);
  expect(problems[0]).toContain("INVALID_VARIABLE");
});

test("a name that two flags have is a problem that names both, and sets neither", () => {
  const twins = defineFlags({ "new-ui": { default: false }, new_ui: { default: false } });
  const { served, problems } = read({ FLAG_NEW_UI: "on" }, { definitions: twins });
  expect(served).toEqual({});
  expect(problems[0]).toContain("FLAG_NEW_UI may mean any of the flags new-ui, new_ui");
});

test("without definitions a variable sets whatever flag it names", () => {
  const { flags, problems } = read({ FLAG_NEW_CHECKOUT: "on", FLAG_SEARCH_RANKING: "hybrid" }, {});
  expect(problems).toEqual([]);
  expect(flags).toEqual({
    "new-checkout": {
      state: "ENABLED",
      variants: { on: true, off: false },
      defaultVariant: "on",
    },
    "search-ranking": {
      state: "ENABLED",
      variants: { hybrid: "hybrid" },
      defaultVariant: "hybrid",
    },
  });
});

test("without definitions two variables of one flag set nothing", () => {
  const { served, problems } = read({ FLAG_A: "on", FLAG_a: "off", FLAG_: "on" }, {});
  expect(served).toEqual({});
  expect(problems).toEqual([
    expect.stringContaining("FLAG_a means the same flag as FLAG_A, and neither counts"),
    expect.stringContaining("FLAG_ names no flag"),
  ]);
});

test("another prefix may be given", () => {
  expect(read({ SHOP_NEW_CHECKOUT: "on" }, { definitions, prefix: "SHOP_" }).served).toEqual({
    "new-checkout": "on",
  });
});

test("no environment makes it throw, or say what cannot be served", () => {
  const name = fc.oneof(
    fc.string(),
    fc.constantFrom("NEW_CHECKOUT", "__PROTO__", "CONSTRUCTOR", "PAGE_SIZE"),
  );
  const env = fc.dictionary(
    name.map((text) => `FLAG_${text}`),
    fc.string(),
  );
  fc.assert(
    fc.property(env, fc.boolean(), (env, defined) => {
      const { flags = {} } = read(env, defined ? { definitions } : {});
      for (const { variants, defaultVariant } of Object.values(flags)) {
        expect(Object.hasOwn(variants, defaultVariant ?? "")).toBe(true);
      }
    }),
  );
});

test("the process's own environment is read when it is subscribed to, and is no outage", async () => {
  vi.stubEnv("FLAG_NEW_CHECKOUT", "off");
  const flags = createFlags(definitions, { source: envSource({ definitions }) });
  const problems: string[] = [];
  flags.observe({ problem: ({ code }) => problems.push(code) });
  vi.stubEnv("FLAG_NEW_CHECKOUT", "on");
  vi.stubEnv("FLAG_STRANGE", "on");
  expect(await flags.ready()).toBe(true);
  expect(flags.scope({}).get("new-checkout")).toBe(true);
  expect(problems).toContain("INVALID_VARIABLE");
  expect(flags.health.status).toBe("ready");
  flags.close();
  vi.unstubAllEnvs();
});
