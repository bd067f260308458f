import { join } from "node:path";
import { inspect } from "node:util";
import {
  createFlags,
  type Duration,
  defineFlags,
  type EvaluationContext,
  type Flags,
} from "@burgee/core";
import { createPageCodes, readOverrides, signOverrides, visitorId } from "@burgee/core/signed";
import { EdgeRuntime } from "edge-runtime";
import fc from "fast-check";
import { build } from "vite";
import { expect, test } from "vitest";
import { flagSet, openShop } from "./shop.js";
import { sourceOf } from "./source-of.js";

const secret = "a secret of more than 32 characters";
const other = "another secret, as long as it has to be";
const environment = "staging";
const overrides = { "new-checkout": "on", "page-size": "large" };

const sign = (given: Parameters<typeof signOverrides>[0] = overrides, options = {}) =>
  signOverrides(given, { secret, environment, ...options });

const open = (options: object = {}) => openShop(flagSet, { secret, environment, ...options });

test("what was signed is read", async () => {
  const { flags, problems } = open();
  expect(await readOverrides(flags, await sign())).toEqual(overrides);
  expect([problems, flags.health.refusedOverrides]).toEqual([[], 0]);
});

test("a token is safe in a cookie, a header and a URL, whatever the flags' names are", async () => {
  const definitions = defineFlags({ "flag “ä”; =\r\n": { default: false } });
  const flags = createFlags(definitions, { source: sourceOf(flagSet), secret, environment });
  const token = await sign({ "flag “ä”; =\r\n": "on" });
  expect(token).toMatch(/^[\w-]+\.[\w-]{43}$/);
  expect(await readOverrides(flags, token)).toEqual({ "flag “ä”; =\r\n": "on" });
});

test("of several secrets the first signs and all verify", async () => {
  const [old, rotated] = [open(), open({ secret: [other, secret] })];
  const [before, after] = [await sign(), await sign(overrides, { secret: [other, secret] })];
  expect(await readOverrides(rotated.flags, before)).toEqual(overrides);
  expect(await readOverrides(rotated.flags, after)).toEqual(overrides);
  expect(await readOverrides(old.flags, after)).toBeUndefined();
});

const hour = 3_600_000;

test.each<[string, () => Promise<unknown> | unknown, string]>([
  ["garbage", () => "garbage", "is not signed"],
  ["JSON", () => '{"new-checkout":"on"}', "is not signed"],
  ["no text", () => ["on"], "is no token"],
  ["far too much", () => "x".repeat(1e6), "is no token"],
  ["another secret's", () => sign(overrides, { secret: other }), "is not signed"],
  ["a visitor's cookie", async () => (await visitorId(open().flags, "")).set, "is not signed"],
  ["another environment's", () => sign(overrides, { environment: "production" }), "environment"],
  ["expired", () => sign(overrides, { expiresIn: "1h", now: Date.now() - hour }), "has expired"],
  ["of an unknown flag", () => sign({ "no-such-flag": "on" }), "is not defined"],
  ["of an unknown variant", () => sign({ "new-checkout": "maybe" }), "does not have"],
  ["of a prototype's name", () => sign({ constructor: "on" }), "is not defined"],
  ["of no variant", () => sign({ "new-checkout": true } as never), "does not have"],
  ["of a list", () => sign(["on"] as never), "nothing that is understood"],
  ["of nothing", () => sign(null as never), "nothing that is understood"],
])(
  "a token that is %s overrides nothing, is counted, and is a problem once",
  async (_, of, why) => {
    const { flags, problems } = open();
    const token = await of();
    for (let times = 0; times < 3; times++) {
      expect(await readOverrides(flags, token)).toBeUndefined();
    }
    expect(flags.health.refusedOverrides).toBe(3);
    expect(problems.map(({ code }) => code)).toEqual(["INVALID_OVERRIDES"]);
    expect(problems[0]?.message).toContain(why);
  },
);

test("what is right in a token is taken, what is wrong is left out", async () => {
  const { flags, problems } = open();
  const token = await sign({ ...overrides, "search-ranking": "bm26" });
  expect(await readOverrides(flags, token)).toEqual(overrides);
  expect(problems.map(({ flag }) => flag)).toEqual(["search-ranking"]);
});

test("no token opens a flag of kind permission", async () => {
  const definitions = defineFlags({ admin: { default: false, kind: "permission" } });
  const flags = createFlags(definitions, { source: sourceOf(flagSet), secret, environment });
  flags.observe({ problem: () => {} });
  expect(await readOverrides(flags, await sign({ admin: "on" }))).toBeUndefined();
  expect(flags.health.refusedOverrides).toBe(1);
});

test("without a secret nothing is read, nor counted", async () => {
  const { flags, problems } = openShop(flagSet);
  expect(await readOverrides(flags, await sign())).toBeUndefined();
  expect([problems, flags.health.refusedOverrides]).toEqual([[], 0]);
});

test("no text is a token but one that was signed", async () => {
  const { flags } = open();
  const parts = fc.tuple(fc.base64String(), fc.string({ minLength: 43, maxLength: 43 }));
  const anything = fc.oneof(
    fc.anything(),
    fc.string(),
    parts.map((both) => both.join(".")),
  );
  await fc.assert(
    fc.asyncProperty(anything, async (token) => {
      expect(await readOverrides(flags, token)).toBeUndefined();
    }),
  );
});

test("a token of which any character was changed, added or left out is refused", async () => {
  const { flags } = open();
  const token = await sign();
  const at = fc.nat(token.length - 1);
  const character = fc.oneof(fc.constantFrom(..."AZaz09-_.="), fc.string({ maxLength: 2 }));
  await fc.assert(
    fc.asyncProperty(at, character, fc.nat(1), async (index, put, drop) => {
      const changed = token.slice(0, index) + put + token.slice(index + drop);
      fc.pre(changed !== token);
      expect(await readOverrides(flags, changed)).toBeUndefined();
    }),
    { numRuns: 2000 },
  );
  for (const last of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") {
    const changed = token.slice(0, -1) + last;
    const read = await readOverrides(flags, changed);
    expect(read === undefined).toBe(changed !== token);
  }
}, 20_000);

test.each([
  ["a short secret", { secret: "short" }, "INVALID_SECRET"],
  ["no secret", { secret: [] }, "INVALID_SECRET"],
  ["no environment", { environment: "" }, "INVALID_OPTIONS"],
  ["no time", { expiresIn: "soon" as Duration }, "INVALID_OPTIONS"],
  ["more than 30 days", { expiresIn: "31d" }, "INVALID_OPTIONS"],
])("nothing is signed with %s", async (_, options, code) => {
  await expect(sign(overrides, options)).rejects.toMatchObject({ code });
});

test("no more is signed than a cookie holds", async () => {
  const many = Object.fromEntries(
    Array.from({ length: 200 }, (_, n) => [`flag-number-${n}`, "on"]),
  );
  await expect(sign(many)).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
});

test.each([["short"], [["", secret]], [[secret, 7]]])(
  "Flags are not created with a secret that is none: %j",
  (wrong) => {
    const create = () => open({ secret: wrong });
    expect(create).toThrow(expect.objectContaining({ code: "INVALID_SECRET" }));
    expect(create).not.toThrow(JSON.stringify(secret));
  },
);

test("a secret is not seen in JSON, in a log or by looking at the Flags' properties", () => {
  const { flags } = open({ secret: [secret, other] });
  const shown = [
    JSON.stringify(flags),
    inspect(flags, { depth: 9, showHidden: true }),
    inspect({ ...flags }, { depth: 9, showHidden: true }),
    inspect(flags.scope({}), { depth: 9, showHidden: true }),
  ];
  for (const text of shown) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(other);
  }
});

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

test.each<[string, () => Flags<never>]>([
  ["with a secret", () => open().flags as unknown as Flags<never>],
  ["without one", () => openShop(flagSet).flags as unknown as Flags<never>],
])("a visitor keeps an id by its cookie, %s", async (_, flagsOf) => {
  const flags = flagsOf();
  const first = await visitorId(flags, undefined);
  expect(first.id).toMatch(UUID);
  expect(first.set).toMatch(/^[\w.-]+$/);
  expect(await visitorId(flags, first.set)).toEqual({ id: first.id });
  expect((await visitorId(flags, undefined)).id).not.toBe(first.id);
});

test("without a secret nothing has to be awaited", () => {
  expect(visitorId(openShop(flagSet).flags, undefined)).toMatchObject({ id: expect.any(String) });
});

test("no cookie but one that was set makes a visitor's id", async () => {
  const [signed, unsigned] = [open().flags, openShop(flagSet).flags];
  const uuid = fc.uuid({ version: 4 });
  const anything = fc.oneof(fc.string(), uuid, fc.tuple(uuid, fc.string()).map(String));
  await fc.assert(
    fc.asyncProperty(anything, async (cookie) => {
      const { id, set } = await visitorId(signed, cookie);
      expect([id === cookie, set?.startsWith(`${id}.`)]).toEqual([false, true]);
      const shaped = await visitorId(unsigned, cookie);
      expect(shaped.id === cookie).toBe(UUID.test(cookie));
      expect(shaped.id).toMatch(UUID);
    }),
  );
});

test("a visitor's cookie survives a rotation, and is signed anew", async () => {
  const { id, set } = await visitorId(open().flags, undefined);
  const rotated = open({ secret: [other, secret] }).flags;
  const renewed = await visitorId(rotated, set);
  expect([renewed.id, renewed.set === set, renewed.set?.startsWith(id)]).toEqual([id, false, true]);
  expect(await visitorId(open({ secret: other }).flags, renewed.set)).toEqual({ id });
});

test("a visitor's id is an attribute of every context, also once somebody has logged in", () => {
  const byVisitor = { if: [{ "==": [{ var: "visitorId" }, "v1"] }, "on"] };
  const { flags } = openShop({
    flags: {
      ...flagSet.flags,
      "new-checkout": { ...flagSet.flags["new-checkout"], targeting: byVisitor },
    },
  });
  const attributes = { visitorId: "v1" };
  const read = (context: EvaluationContext, identity?: EvaluationContext) => {
    const scope = flags.scope(context, { attributes });
    if (identity !== undefined) scope.identify(identity);
    return scope.get("new-checkout");
  };
  expect(read({})).toBe(true);
  expect(read({ targetingKey: "u1" }, { targetingKey: "u2" })).toBe(true);
  expect(read({}, "nobody" as never)).toBe(true);
  expect(read({ visitorId: "v2" })).toBe(false);
});

test("an Edge runtime signs and reads the same, and @burgee/core alone has none of it", async () => {
  const bundle = await bundleOf("portable/signed.ts");
  const runtime = new EdgeRuntime();
  runtime.evaluate(bundle);
  const ask = (token: string) => `portable.answers(${JSON.stringify([secret, token])})`;
  const { flags } = open();
  const told = JSON.parse(await runtime.evaluate(ask(await sign())));
  expect(told.read).toEqual(overrides);
  expect(await readOverrides(flags, told.token)).toEqual(overrides);
  expect(await visitorId(flags, told.visitor.set)).toEqual({ id: told.visitor.id });
  const codes = createPageCodes(flags, "search", ["search-ranking", "page-size"]);
  expect(told.variants).toEqual({ "page-size": "large", "search-ranking": "hybrid" });
  expect(await codes.read(told.code)).toEqual(told.variants);
  expect(bundle).toContain("HKDF");
  expect(await bundleOf("portable/answers.ts")).not.toMatch(/subtle|HKDF/);
}, 60_000);

async function bundleOf(entry: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "error",
    resolve: { conditions: ["@burgee/source"] },
    build: {
      write: false,
      target: "es2022",
      lib: { entry: join(import.meta.dirname, entry), formats: ["iife"], name: "portable" },
    },
  });
  const outputs = [built].flat().flatMap((one) => ("output" in one ? one.output : []));
  return outputs.flatMap((output) => (output.type === "chunk" ? [output.code] : [])).join("\n");
}
