import { createFlags, type Exposure, type FlagDefinition, type FlagsOptions } from "@burgee/core";
import { memoryStore } from "@burgee/stores/memory";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { createGroup } from "../src/group.js";
import { client, definitions, secret } from "./static-shop.js";

/** The home page's group, and what is read of its flags. */
function openHome(
  document: Record<string, FlagDefinition> = {},
  options: Partial<FlagsOptions<typeof client>> = {},
) {
  const source = memoryStore({ flags: document });
  const flags = createFlags(definitions, { source, client, secret, ...options });
  const exposures: Exposure[] = [];
  flags.observe({ exposure: (one) => exposures.push(one), problem: () => {} });
  onTestFinished(() => flags.close());
  const home = createGroup(() => flags, "home", ["header", "colour", "size"]);
  return { flags, exposures, home };
}

const bigAndBlue: Record<string, FlagDefinition> = {
  header: { state: "ENABLED", variants: { on: true, off: false }, defaultVariant: "on" },
  colour: {
    state: "ENABLED",
    variants: { red: "red", green: "green", blue: "blue", pink: "pink" },
    defaultVariant: "blue",
    targeting: { if: [{ "==": [{ var: "plan" }, "pro"] }, "pink"] },
  },
  size: { state: "ENABLED", variants: { small: 10, large: 60 }, defaultVariant: "large" },
};

test("the page of a scope's code shows the scope's variants, with the values they are defined with", async () => {
  const { flags, home } = openHome(bigAndBlue);
  const page = await home.fromCode(await home.codeOf(flags.scope({})));
  expect([page.get("header"), page.get("colour"), page.get("size")]).toEqual([true, "blue", 50]);
  expect([page.variant("header"), page.variant("size")]).toEqual(["on", "large"]);
  expect(page.isCurrent).toBe(true);
});

test("every flag of the group is an exposure of the scope, since the page depends on it; no other is", async () => {
  const { flags, home, exposures } = openHome(bigAndBlue);
  await home.codeOf(flags.scope({}));
  expect(exposures.map(({ flag, variant, gated }) => [flag, variant, gated])).toEqual([
    ["header", "on", false],
    ["colour", "blue", false],
    ["size", "large", false],
  ]);
});

test("reading a code is no exposure, and reads no flag set", async () => {
  let subscribers = 0;
  const source = {
    subscribe() {
      subscribers++;
      return () => {};
    },
  };
  const { home, exposures } = openHome({}, { source });
  const [{ code } = { code: "" }] = await home.permutations();
  (await home.fromCode(code)).get("colour");
  expect([subscribers, exposures]).toEqual([0, []]);
});

test("a variant that only the flag set has gets the page of the safe one, and its exposure is gated", async () => {
  const { flags, home, exposures } = openHome(bigAndBlue);
  const page = await home.fromCode(await home.codeOf(flags.scope({ plan: "pro" })));
  expect([page.variant("colour"), page.isCurrent]).toEqual(["red", true]);
  const { variant, gated } = exposures.find(({ flag }) => flag === "colour") as Exposure;
  expect([variant, gated]).toEqual(["pink", true]);
});

test("before the first revision the page of the defaults is served", async () => {
  const { flags, home } = openHome({}, { source: { subscribe: () => () => {} } });
  const page = await home.fromCode(await home.codeOf(flags.scope({})));
  expect([page.get("header"), page.get("colour"), page.get("size")]).toEqual([false, "red", 10]);
});

test("a tampered or outdated code gives the defaults and does not throw (in place of a 500)", async () => {
  const { flags, home } = openHome(bigAndBlue);
  const code = await home.codeOf(flags.scope({}));
  const before = createGroup(() => flags, "home", ["header", "colour"]);
  const codes = [`${code}A`, code.slice(1), await before.codeOf(flags.scope({})), "", undefined];
  for (const wrong of [...codes, null, [], [code, code], { code }, 7, "__proto__", "%E0%A4%A"]) {
    const page = await home.fromCode(wrong);
    expect([page.get("header"), page.get("colour"), page.get("size")]).toEqual([false, "red", 10]);
    expect([page.variant("colour"), page.isCurrent]).toEqual(["red", false]);
  }
});

test("any param gives the defaults", async () => {
  const { home } = openHome();
  const params = fc.oneof(fc.anything(), fc.webSegment(), fc.array(fc.string()));
  await fc.assert(
    fc.asyncProperty(params, async (param) => {
      const page = await home.fromCode(param);
      expect([page.isCurrent, page.get("size")]).toEqual([false, 10]);
    }),
  );
});

test("a code is taken as Next gives it: encoded, which changes nothing, or in a catch-all's list", async () => {
  const { home } = openHome();
  for (const { code } of await home.permutations()) {
    expect(encodeURIComponent(code)).toBe(code);
    expect((await home.fromCode([code])).isCurrent).toBe(true);
  }
});

test("with `otherwise`, a wrong code redirects there and a right one does not", async () => {
  const { home } = openHome();
  const [{ code } = { code: "" }] = await home.permutations();
  const options = { otherwise: "/?from=old" };
  expect((await home.fromCode(code, options)).isCurrent).toBe(true);
  await expect(home.fromCode("wrong", options)).rejects.toMatchObject({
    digest: expect.stringMatching(/^NEXT_REDIRECT;\w+;\/\?from=old;/),
  });
});

test.each([
  "https://elsewhere.example",
  "//elsewhere.example",
  "/\\elsewhere.example",
  "/\t/elsewhere.example",
  "\\\\elsewhere.example",
  "javascript:alert(1)",
  "home",
  "",
  7,
])("`otherwise` leads nowhere else: not to %j, whatever the code", async (otherwise) => {
  const { home } = openHome();
  const [{ code } = { code: "" }] = await home.permutations();
  for (const one of [code, "wrong"]) {
    await expect(home.fromCode(one, { otherwise } as never)).rejects.toMatchObject({
      code: "INVALID_OPTIONS",
    });
  }
});

test("without a secret no code is made, which says how to mend it, and every code gives the defaults", async () => {
  const { flags, home } = openHome(bigAndBlue, { secret: undefined });
  const expected = { code: "INVALID_SECRET", message: expect.stringContaining('"home"') };
  await expect(home.permutations()).rejects.toMatchObject(expected);
  await expect(home.codeOf(flags.scope({}))).rejects.toMatchObject(expected);
  const [{ code } = { code: "" }] = await openHome().home.permutations();
  expect((await home.fromCode(code)).isCurrent).toBe(false);
});

test("a group makes nothing before it is used", () => {
  createGroup(() => expect.fail("the Flags were made"), "home", ["header" as never]);
});

test("a group goes on with Flags that replace the ones before", async () => {
  const [before, after] = [openHome(), openHome({}, { secret: `${secret}, renewed` })];
  let { flags } = before;
  const home = createGroup(() => flags, "home", ["header", "colour", "size"]);
  const [old] = await home.permutations();
  flags = after.flags;
  const [renewed] = await home.permutations();
  expect((await home.fromCode(old?.code)).isCurrent).toBe(false);
  expect((await home.fromCode(renewed?.code)).isCurrent).toBe(true);
});

test("of two groups with one name neither reads the other's codes", async () => {
  const { flags } = openHome();
  const [one, two] = [["header"], ["size"]].map((keys) =>
    createGroup(() => flags, "home", keys as "header"[]),
  );
  const codes = await one?.permutations();
  expect((await one?.fromCode(codes?.[0]?.code))?.isCurrent).toBe(true);
  expect((await two?.fromCode(codes?.[0]?.code))?.isCurrent).toBe(false);
});

test.each<[string, readonly string[], string]>([
  ["no flags", [], "has no flags"],
  ["an unknown flag", ["header", "footer"], '"footer"'],
  ["a flag twice", ["header", "header"], '"header" twice'],
  ["a flag of kind permission", ["header", "admin"], '"admin"'],
])("a group with %s rejects whatever is asked of it, and says why", async (_, keys, named) => {
  const { flags } = openHome();
  const group = createGroup(() => flags, "home", keys as "header"[]);
  const fault = { code: "INVALID_OPTIONS", message: expect.stringContaining(named) };
  await expect(group.permutations()).rejects.toMatchObject(fault);
  await expect(group.codeOf(flags.scope({}))).rejects.toMatchObject(fault);
  await expect(group.fromCode("wrong")).rejects.toMatchObject(fault);
});
