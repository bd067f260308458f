import { percent, progressive, writeHold } from "@burgee/core";
import { expect, test } from "vitest";
import { openProject, shop } from "../project.js";
import { openRedis } from "../redis.js";

const flag = {
  state: "ENABLED",
  variants: { on: true, off: false },
  defaultVariant: "off",
} as const;

test("each part of the rule is there with what it was given and what it gave", async () => {
  const rule = {
    if: [
      { and: [{ $ref: "staff" }, { "!=": [{ var: "address.city" }, "Gent"] }] },
      "on",
      { ">": [{ var: "age" }, 65] },
      "off",
      percent({ on: 30 }),
    ],
  };
  const { burgee } = await openProject({
    "flags.json": {
      flags: { beta: { ...flag, targeting: rule } },
      $evaluators: { staff: { ends_with: [{ var: "email" }, "@example.com"] } },
    },
  });
  const jon = ["targetingKey=42", "email=jon@example.com", "address.city=Gent", "age=30"];
  const { code, stdout } = await burgee("explain", "beta", "--context", ...jon);
  expect(code).toBe(0);
  const [head = "", tree = "", where = ""] = stdout.split("\n\n");
  expect(head).toMatch(/^beta {2}(on: true|off: false)\nThe rule (decides|gives no variant)/);
  expect(tree.replaceAll(/→ ("on"|null)/g, "→ …")).toBe(
    [
      "if → …",
      "├ and → false",
      "│ ├ segment staff → true",
      '│ │ └ email ("jon@example.com") ends_with "@example.com" → true',
      '│ └ address.city ("Gent") != "Gent" → false',
      "├ age (30) > 65 → false",
      '└ split of "42": on 30 %, off 70 % → …',
    ].join("\n"),
  );
  expect(where).toMatch(/^At 20\d\d-[^ ]+Z, revision \w+ of flags\.json\.\n$/);
});

test("it is decided at the time that is asked for", async () => {
  const rule = progressive("on", [
    { at: "2036-12-01T09:00:00Z", percent: 0 },
    { at: "2036-12-02T09:00:00Z", percent: 100 },
  ]);
  const { burgee } = await openProject({
    "flags.json": { flags: { beta: { ...flag, targeting: rule } } },
  });
  const ask = async (at: string) => {
    return (await burgee("explain", "beta", "--context", "targetingKey=jon", "--at", at)).stdout;
  };
  expect(await ask("2036-12-01T21:00Z")).toContain("on 50 %, off 50 %");
  expect(await ask("2036-12-03")).toMatch(/^beta {2}on: true\n/);
});

test("values of contexts have types, and objects inside", async () => {
  const { burgee } = await openProject({ "flags.json": shop });
  const { json } = await burgee(
    ..."explain new-checkout --json --context targetingKey=7 age=42 pro=true name=null".split(" "),
    'zip="1000"',
    'roles=["admin"]',
    "address.city=Gent",
    "address.zip=9000",
    "motto=a=b",
    "empty=",
    '{"cart":{"items":3},"__proto__":{"admin":true}}',
    "constructor.prototype.admin=true",
  );
  expect((json as { context: unknown }).context).toEqual({
    targetingKey: "7",
    age: 42,
    pro: true,
    name: null,
    zip: "1000",
    roles: ["admin"],
    address: { city: "Gent", zip: 9000 },
    motto: "a=b",
    empty: "",
    cart: { items: 3 },
    ["__proto__"]: { admin: true },
    constructor: { prototype: { admin: true } },
  });
  expect(Object.prototype).not.toHaveProperty("admin");
});

test("--json has the explanation of core", async () => {
  const { options } = await openRedis(shop);
  const { burgee } = await openProject();
  const { code, json } = await burgee(
    "explain",
    "free-shipping",
    "--context",
    "country=NL",
    "--json",
    ...options,
  );
  expect([code, json]).toMatchObject([
    0,
    {
      key: "free-shipping",
      context: { country: "NL" },
      details: { value: true, variant: "on", reason: "TARGETING_MATCH" },
      rule: {
        operator: "if",
        result: "on",
        inputs: [{ operator: "==", result: true }, { result: "on" }],
      },
    },
  ]);
});

test("a flag that is held, off, without a rule, or fails says so", async () => {
  const { burgee } = await openProject({
    "flags.json": {
      flags: {
        held: writeHold({ ...flag, targeting: percent({ on: 50 }) }, "guard", "off"),
        disabled: { ...flag, state: "DISABLED" },
        plain: flag,
        silent: { ...flag, targeting: { if: [{ var: "pro" }, "on"] } },
        failing: { ...flag, targeting: { if: [{ "+": [{ var: "age" }] }, "on"] } },
        broken: { ...flag, targeting: { maybe: [] } },
      },
    },
  });
  for (const [key, sentence] of [
    ["held", /^held {2}off: false\nA guard holds it, and what is held decides\.\n\n"off"\n/],
    ["disabled", /^disabled {2}\(code default\)\nThe flag is disabled/],
    ["plain", /^plain {2}off: false\nThe flag has no rule/],
    [
      "silent",
      /^silent {2}off: false\nThe rule gives no variant[^\n]+\n\nif → null\n└ pro \(null\)/,
    ],
    [
      "failing",
      /^failing {2}\(code default\)\nThe rule failed[^\n]+\n\nif → failed: [^\n]+\n└ \+ age \("x"\) → failed: /,
    ],
    ["broken", /^broken {2}\(code default\)\nThe rule failed[^\n]+maybe/],
  ] as const) {
    const { code, stdout } = await burgee("explain", key, "--context", "age=x");
    expect([key, code, stdout]).toEqual([key, 0, expect.stringMatching(sentence)]);
  }
});

test("a rule over a long list is told in part, and hostile texts stay on their line", async () => {
  const over = { some: [{ var: "list\nbeta  on" }, { "==": [{ var: "" }, "\u001b[2J"] }] };
  const { burgee } = await openProject({
    "flags.json": { flags: { beta: { ...flag, targeting: { if: [over, "on"] } } } },
  });
  const list = JSON.stringify({ "list\nbeta  on": Array.from({ length: 500 }, () => "x") });
  const { stdout } = await burgee("explain", "beta", "--context", list);
  expect(stdout).toContain("… 481 more");
  expect(stdout.split("\n").filter((line) => line.startsWith("beta"))).toHaveLength(1);
  expect(stdout).not.toContain("\u001b");
});

test("a context or a date that cannot be read is one sentence, and exit code 2", async () => {
  const { burgee } = await openProject({ "flags.json": shop });
  for (const args of [
    ["--context", "plan"],
    ["--context", "=pro"],
    ["--context", "a..b=1"],
    ["--context", "a=1", "a=2"],
    ["--context", "a=1", "a.b=2"],
    ["--context", "{a:1}"],
    ["--at", "soon"],
  ]) {
    const { code, stdout, stderr } = await burgee("explain", "new-checkout", ...args);
    expect([args, code, stdout, stderr]).toEqual([
      args,
      2,
      "",
      expect.stringMatching(/^burgee: [^\n]+\n$/),
    ]);
  }
});
