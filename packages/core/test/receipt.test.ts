import { Buffer } from "node:buffer";
import { changesBefore, createFlags, defineFlags, type EvaluationContext } from "@burgee/core";
import { readReceipt, signReceipt, visitorId } from "@burgee/core/signed";
import fc from "fast-check";
import { expect, test } from "vitest";
import { definitions, flagSet, openShop, ruled, shopWith } from "./shop.js";
import { sourceOf } from "./source-of.js";

const secret = "a secret of more than 32 characters";
const other = "another secret, as long as it has to be";
const hour = 3_600_000;

const { "new-checkout": newCheckout, "page-size": pageSize } = definitions;
const client = { "new-checkout": newCheckout, "page-size": pageSize };
const open = (options: object = {}, set = flagSet as Parameters<typeof openShop>[0]) =>
  openShop(set, { secret, client, ...options });

const saysOf = (token: string | undefined) =>
  JSON.parse(Buffer.from(token?.split(".")[0] ?? "", "base64url").toString()) as unknown;

async function signed(options: object = {}, context: object = { targetingKey: "ada@example.com" }) {
  const { flags } = open(options);
  return (await signReceipt(flags, flags.scope({ plan: "pro", ...context }))) as string;
}

test("what was served is read: each client flag's variant, and the revision", async () => {
  const { flags } = open();
  const receipt = await readReceipt(flags, await signed());
  expect(receipt?.revision).toBe("1");
  expect(receipt?.flag("new-checkout")).toMatchObject({ flag: "new-checkout", variant: "on" });
  expect(receipt?.flag("page-size")).toMatchObject({ flag: "page-size", variant: "small" });
});

test("a flag that is no client flag is not in it, nor anything of a prototype", async () => {
  const receipt = await readReceipt(open().flags, await signed());
  for (const key of ["search-ranking", "toString", "__proto__", "constructor"]) {
    expect(receipt?.flag(key)).toBeUndefined();
  }
});

test("signing is no exposure", async () => {
  const { flags, exposures } = open();
  await signReceipt(flags, flags.scope({}));
  expect(exposures).toEqual([]);
});

test("no personal data, no rule and no split is readable in it", async () => {
  const { flags } = open({}, shopWith({ "page-size": split }));
  const scope = flags.scope({ targetingKey: "ada@example.com", company: "acme" });
  const says = saysOf(await signReceipt(flags, scope));
  expect(says).toEqual({
    environment: "production",
    revision: "1",
    expires: expect.any(Number),
    flags: { "new-checkout": "off", "page-size": expect.any(String) },
    unit: expect.stringMatching(/^[\w-]{16}$/),
    units: { "page-size": expect.stringMatching(/^[\w-]{16}$/) },
  });
});

const split = {
  state: "ENABLED",
  variants: { small: 10, large: 50 },
  defaultVariant: "small",
  targeting: { fractional: [{ var: "company" }, ["small", 50], ["large", 50]] },
} as const;

const unitOf = async (
  context: EvaluationContext,
  set = flagSet as Parameters<typeof openShop>[0],
) => {
  const { flags } = open({}, set);
  const token = await signReceipt(flags, flags.scope(context));
  return (await readReceipt(flags, token))?.flag("page-size")?.unit;
};

test("one unit has one hash, and another another", async () => {
  const [ada, again, bob] = await Promise.all(
    ["ada", "ada", "bob"].map((targetingKey) => unitOf({ targetingKey })),
  );
  expect(ada).toBe(again);
  expect(bob).not.toBe(ada);
});

test("the unit is what the flag was split by, where that is not the targeting key", async () => {
  const set = shopWith({ "page-size": split });
  const ada = await unitOf({ targetingKey: "ada", company: "acme" }, set);
  const bob = await unitOf({ targetingKey: "bob", company: "acme" }, set);
  expect(ada).toBe(bob);
  expect(ada).not.toBe(await unitOf({ targetingKey: "ada" }));
});

test("where nobody is known, a visitor is the unit", async () => {
  expect(await unitOf({ visitorId: "one" })).toBe(await unitOf({ visitorId: "one" }));
  expect(await unitOf({ visitorId: "one" })).not.toBe(await unitOf({ visitorId: "two" }));
  const known = { targetingKey: "ada", visitorId: "one" };
  expect(await unitOf(known)).toBe(await unitOf({ targetingKey: "ada" }));
});

test("every anonymous page is a unit of its own", async () => {
  expect(await unitOf({})).not.toBe(await unitOf({}));
});

test.each([
  ["a list", ["ada"]],
  ["a number", 1],
  ["nothing", null],
  ["an empty text", ""],
])("a targeting key or visitor's id that is %s is nobody's", async (_name, given) => {
  const key = given as unknown as string;
  for (const context of [{ targetingKey: key }, { visitorId: given }]) {
    expect(await unitOf(context)).not.toBe(await unitOf(context));
  }
  const visitor = { targetingKey: key, visitorId: "one" };
  expect(await unitOf(visitor)).toBe(await unitOf({ visitorId: "one" }));
});

test("a flag that is overridden or pinned is not in it", async () => {
  const { flags } = open();
  const overridden = flags.scope({}, { overrides: { "new-checkout": "on" } });
  flags.pin("page-size", "small", { until: Date.now() + 60_000, reason: "a test" });
  const receipt = await readReceipt(flags, await signReceipt(flags, overridden));
  expect(receipt?.flag("new-checkout")).toBeUndefined();
  const pinned = await readReceipt(flags, await signReceipt(flags, flags.scope({})));
  expect(pinned?.flag("page-size")).toBeUndefined();
  expect(pinned?.flag("new-checkout")?.variant).toBe("off");
  flags.close();
});

test("of several secrets the first signs and all verify", async () => {
  const rotated = open({ secret: [other, secret] });
  expect(await readReceipt(rotated.flags, await signed())).toBeDefined();
  const after = await signed({ secret: [other, secret] });
  expect(await readReceipt(rotated.flags, after)).toBeDefined();
  expect(await readReceipt(open().flags, after)).toBeUndefined();
});

test.each<[string, () => unknown]>([
  ["nothing", () => undefined],
  ["garbage", () => "garbage"],
  ["no text", () => ({ flags: {} })],
  ["far too much", () => "x".repeat(1e6)],
  ["another secret's", () => signed({ secret: other })],
  ["another environment's", () => signed({ environment: "staging" })],
  ["a visitor's cookie", async () => (await visitorId(open().flags, "")).set],
  ["an hour old", () => signed({ now: () => Date.now() - hour })],
])("a receipt that is %s is none", async (_name, made) => {
  expect(await readReceipt(open().flags, await made())).toBeUndefined();
});

test("a receipt is good for one hour", async () => {
  const now = Date.now();
  const token = await signed({ now: () => now });
  const readAt = (at: number) => readReceipt(open({ now: () => at }).flags, token);
  expect((await readAt(now + hour - 1))?.expires).toBe(now + hour);
  expect(await readAt(now + hour)).toBeUndefined();
});

test("no change of one character leaves a receipt good", async () => {
  const token = await signed();
  const { flags } = open();
  await fc.assert(
    fc.asyncProperty(
      fc.nat(token.length - 1),
      fc.constantFrom("A", "b", "_", "."),
      async (at, c) => {
        fc.pre(token[at] !== c);
        const changed = token.slice(0, at) + c + token.slice(at + 1);
        expect(await readReceipt(flags, changed)).toBeUndefined();
      },
    ),
  );
});

test("without a secret, or a scope, there is none, and nothing rejects", async () => {
  const bare = openShop(flagSet, { client });
  expect(await signReceipt(bare.flags, bare.flags.scope({}))).toBeUndefined();
  expect(await readReceipt(bare.flags, await signed())).toBeUndefined();
  expect(await signReceipt(open().flags, {} as never)).toBeUndefined();
  expect(await signReceipt({ client }, open().flags.scope({}))).toBeUndefined();
});

test("more flags than a receipt holds have none", async () => {
  const many = (count: number) => {
    const keys = Array.from({ length: count }, (_, index) => `a-flag-of-many-number-${index}`);
    const flagsOf = defineFlags(
      Object.fromEntries(keys.map((key) => [key, { default: false }])) as Record<
        string,
        { default: false }
      >,
    );
    const flags = createFlags(flagsOf, {
      source: sourceOf({ flags: {} }),
      client: flagsOf,
      secret,
    });
    flags.observe({ problem: () => {} });
    return signReceipt(flags, flags.scope({}));
  };
  expect((await many(500))?.length).toBeLessThan(32_768);
  expect(await many(1000)).toBeUndefined();
});

test("a scope knows how many changes had been told of when it was opened", () => {
  const { flags, source } = open();
  const before = flags.scope({});
  source.next(shopWith({ "new-checkout": ruled(null) }));
  const after = flags.scope({});
  expect(changesBefore(after)).toBe((changesBefore(before) as number) + 1);
  expect(changesBefore({})).toBeUndefined();
});

test("what a scope goes by is in no JSON of it", () => {
  const { flags } = open();
  expect(JSON.stringify(flags.scope({ targetingKey: "ada" }))).not.toContain("ada");
});
