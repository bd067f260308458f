import { expect, test } from "vitest";
import { openProject, shop } from "../project.js";
import { openRedis } from "../redis.js";

const store = ["--store", "store.json"];
const popular = {
  fractional: [
    ["words", 20],
    ["popular", 80],
  ],
};

/** A document with another rule for the ranking. */
function ranking(targeting: object) {
  return {
    ...shop,
    flags: { ...shop.flags, "search-ranking": { ...shop.flags["search-ranking"], targeting } },
  };
}

test("the first plan creates everything, and writes nothing", async () => {
  const { burgee, files } = await openProject({ "flags.json": shop });
  const { code, stdout } = await burgee("plan", ...store);
  expect(code).toBe(0);
  expect(stdout).toContain("+ new-checkout  create\n    serves 10,000 made-up users: off 100 %\n");
  expect(stdout).toMatch(/\n4 to create; nobody sees another variant\.\n$/);
  expect(await files()).toEqual(["flags.json"]);
});

test("a changed flag is a diff, and how many see another variant by it", async () => {
  const { burgee, write } = await openProject({ "flags.json": shop });
  await burgee("apply", ...store);
  await write("flags.json", ranking(popular));
  const { code, stdout } = await burgee("plan", ...store);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^~ search-ranking {2}update\n {4}30 % of 10,000 made-up users: words → popular\n/,
  );
  expect(stdout).toContain(
    '    -  "targeting": { "fractional": [["words", 50], ["popular", 50]] }\n',
  );
  expect(stdout).toContain(
    '    +  "targeting": { "fractional": [["words", 20], ["popular", 80]] }\n',
  );
});

test("the blast radius is of real contexts where they are given", async () => {
  const { burgee, write } = await openProject({
    "flags.json": shop,
    "visitors.json": [{ country: "NL" }, { country: "DE" }, { country: "DE" }, {}],
  });
  await burgee("apply", ...store);
  const text = JSON.stringify(shop).replace('"NL"', '"DE"');
  await write("flags.json", text);
  const { json } = await burgee("plan", ...store, "--contexts", "visitors.json", "--json");
  expect(json).toMatchObject({
    changes: [{ action: "update", kind: "flag", name: "free-shipping" }],
    blastRadius: {
      real: true,
      flags: [
        {
          flag: "free-shipping",
          of: 4,
          changed: 3,
          moves: [
            { from: "off", to: "on", count: 2 },
            { from: "on", to: "off", count: 1 },
          ],
        },
      ],
    },
  });
});

test("a changed segment tells whose variant it changes", async () => {
  const targeting = { if: [{ $ref: "staff" }, "on"] };
  const flag = {
    state: "ENABLED",
    variants: { on: true, off: false },
    defaultVariant: "off",
    targeting,
  };
  const withStaff = (staff: object) => ({ flags: { beta: flag }, $evaluators: { staff } });
  const { burgee, write } = await openProject({ "flags.json": withStaff({ "==": [1, 2] }) });
  await burgee("apply", ...store);
  await write("flags.json", withStaff({ "==": [1, 1] }));
  const { stdout } = await burgee("plan", ...store);
  expect(stdout).toMatch(
    /^~ segment staff {2}update\n {4}beta: 100 % of 10,000 made-up users: off → on\n/,
  );
});

test("contexts that are none are one sentence, and exit code 2", async () => {
  const { burgee } = await openProject({ "flags.json": shop, "visitors.ndjson": "{}\n3\n" });
  const { code, stderr } = await burgee("plan", ...store, "--contexts", "visitors.ndjson");
  expect([code, stderr]).toEqual([2, expect.stringContaining("number 2 is something else")]);
});

test("a document is not planned against itself", async () => {
  const { burgee } = await openProject({ "flags.json": shop });
  const { code, stderr } = await burgee("plan");
  expect([code, stderr]).toEqual([2, expect.stringContaining("name another with --store")]);
});

test("a malformed document, or one that is missing, is one sentence", async () => {
  const { burgee, write } = await openProject({ "flags.json": '{"flags":[]}' });
  const malformed = await burgee("plan", ...store);
  expect([malformed.code, malformed.stderr]).toEqual([
    2,
    expect.stringMatching(/^burgee: [^\n]+\/flags must be[^\n]+\n$/),
  ]);
  await write("empty.json", "");
  expect((await burgee("plan", "--file", "empty.json", ...store)).code).toBe(2);
  expect((await burgee("plan", "--file", "no.json", ...store)).code).toBe(4);
});

test("a plan against Redis", async () => {
  const { options } = await openRedis(shop);
  const { burgee } = await openProject({ "flags.json": ranking(popular) });
  const { code, json } = await burgee("plan", ...options, "--json");
  expect(code).toBe(0);
  expect(json).toMatchObject({
    store: expect.stringMatching(/^shop at redis/),
    changes: [{ action: "update" }],
  });
});
