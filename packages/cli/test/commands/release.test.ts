import { createRuleset, type FlagDefinition, type FlagSet, writeHold } from "@burgee/core";
import { expect, test } from "vitest";
import { startInstance } from "../instance.js";
import { openProject, shop } from "../project.js";
import { openRedis } from "../redis.js";

const key = "new-checkout";
const checkout = shop.flags[key];
const why = ["--reason", "a try"];

function checkoutAs(flag: FlagDefinition): FlagSet {
  return { flags: { [key]: flag } };
}

test("a release is written with its entry, and says who will see it and which instances have it", async () => {
  const redis = await openRedis(shop);
  await startInstance(redis, "api-1");
  await startInstance(redis, "api-2");
  const { burgee } = await openProject();
  const { code, stdout } = await burgee(
    "release",
    key,
    "--percent",
    "10",
    "--reason",
    "first tenth",
    "--yes",
    ...redis.options,
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(/^release new-checkout of shop at [^\n]+: on to 10 %\n/);
  expect(stdout).toMatch(/\nbefore +off\nafter +off \d+(\.\d)? %, on \d+(\.\d)? %\n/);
  expect(stdout).toMatch(/\nAt once: \d+(\.\d)? % of 10,000 made-up users: off → on\.\n/);
  expect(stdout).toMatch(/ is at revision [^\n]+\. All 2 instances have it\.\n$/);
  const { flagSet } = await redis.store.read();
  expect(flagSet.flags[key]).toEqual({
    ...checkout,
    targeting: {
      fractional: [
        ["on", 10],
        [null, 90],
      ],
    },
  });
  expect(flagSet.flags["search-ranking"]).toEqual(shop.flags["search-ranking"]);
  expect(await burgee("history", key, "--json", "--limit", "1", ...redis.options)).toMatchObject({
    json: { verified: true, entries: [{ kind: "release", actor: "tess", reason: "first tenth" }] },
  });
});

test("an instance that does not answer is named, after a while", async () => {
  const redis = await openRedis(shop);
  await startInstance(redis, "api-1");
  const said = JSON.stringify(["api-2", "old:1", 60_000]); // and was killed since
  await redis.client.sendCommand(["ZADD", "{shop}:fleet", `${Date.now()}`, said]);
  const { burgee } = await openProject();
  const { code, json } = await burgee(
    "release",
    key,
    "--percent",
    "10",
    ...why,
    "--yes",
    "--json",
    ...redis.options,
  );
  expect([code, json]).toMatchObject([
    0,
    { written: true, instances: { have: ["api-1"], behind: ["api-2"] } },
  ]);
});

test("a schedule is computed by the rule itself, and each of its steps is shown", async () => {
  const { burgee, read } = await openProject({ "flags.json": shop });
  const schedule = [
    "--percent",
    "10",
    "--then",
    "50,100",
    "--every",
    "1h",
    "--at",
    "2036-12-01T09:00Z",
  ];
  const { code, stdout } = await burgee("release", key, ...schedule, ...why, "--yes");
  expect(code).toBe(0);
  expect(stdout).toContain(
    ": on to 10 % at 2036-12-01 09:00 UTC, then growing to 50 % at 2036-12-01 10:00 UTC, then",
  );
  expect(stdout).toMatch(
    /\nafter +off\n2036-12-01 09:00 UTC +off [^\n]+\n2036-12-01 10:00 UTC [^\n]+\n2036-12-01 11:00 UTC +on\n/,
  );
  expect(stdout).toContain("Processes that follow flags.json");
  const ruleset = createRuleset(JSON.parse(await read("flags.json")));
  const shareAt = (time: string) =>
    ruleset.evaluate(key, false, { targetingKey: "jon" }, Date.parse(time)).split?.share["on"];
  expect(shareAt("2036-12-01T08:59:59Z")).toBe(0);
  expect(shareAt("2036-12-01T09:00:00Z")).toBe(0.1);
  expect(shareAt("2036-12-01T09:30:00Z")).toBe(0.3);
  expect(shareAt("2036-12-01T10:00:00Z")).toBe(0.5);
  expect(shareAt("2036-12-01T12:00:00Z")).toBe(1);
});

test("--json says who sees what, at each step", async () => {
  const { burgee, write } = await openProject({ "flags.json": shop });
  await write("visitors.ndjson", '{"targetingKey":"a"}\n{"targetingKey":"b"}\n');
  const visitors = ["--contexts", "visitors.ndjson"];
  const { json } = await burgee(
    "release",
    key,
    "--percent",
    "100",
    ...visitors,
    ...why,
    "--yes",
    "--json",
  );
  expect(json).toMatchObject({
    flag: key,
    kind: "release",
    written: true,
    of: 2,
    before: { shares: { off: 2 } },
    after: [{ shares: { on: 2 } }],
    radius: { changed: 2, moves: [{ from: "off", to: "on", count: 2 }] },
    entry: { kind: "release" },
  });
  const again = await burgee("release", key, "--percent", "100", ...visitors, ...why, "--json");
  expect([again.code, again.json]).toMatchObject([0, { written: false }]);
});

test("a person is asked, and decides", async () => {
  const { onTerminal, read } = await openProject({ "flags.json": shop });
  const command = ["release", key, "--percent", "10", ...why];
  const no = await onTerminal(command, { to: "release new-checkout?", keys: "n" });
  expect([no.code, no.stdout]).toEqual([5, expect.stringContaining("At once: ")]);
  expect(JSON.parse(await read("flags.json"))).toEqual(shop);
  const yes = await onTerminal(command, { to: "release new-checkout?", keys: "y" });
  expect([yes.code, yes.stdout]).toEqual([0, expect.stringContaining("is at revision")]);
  expect(JSON.parse(await read("flags.json"))).not.toEqual(shop);
});

test("the definitions in code say which variant is the safe one", async () => {
  const ranking = { state: "ENABLED", variants: { words: "w", popular: "p" } } as const;
  const { burgee, read } = await openProject({
    "flags.json": { flags: { ranking } },
    "defined.ts": `import { defineFlags } from "@burgee/core";
export const flags = defineFlags({ ranking: { default: "words", variants: ["words", "popular"] } });`,
  });
  const command = ["release", "ranking", "--percent", "10", ...why, "--yes"];
  const unknown = await burgee(...command);
  expect([unknown.code, unknown.stderr]).toEqual([
    2,
    expect.stringContaining("--variant: words, popular"),
  ]);
  expect((await burgee(...command, "--definitions", "defined.ts")).code).toBe(0);
  const { flags } = JSON.parse(await read("flags.json"));
  expect(flags.ranking.targeting.fractional[0]).toEqual(["popular", 10]);
});

test("a flag that is held, disabled, broken, or waits for a migration is refused", async () => {
  const held = checkoutAs(writeHold(checkout, "guard", "off"));
  const waiting = checkoutAs({ ...checkout, metadata: { requires: "add-currency" } });
  const documents: [FlagSet, RegExp][] = [
    [held, /A guard holds new-checkout, and nothing was written; run `burgee resume new-checkout`/],
    [checkoutAs({ ...checkout, state: "DISABLED" }), /is disabled/],
    [checkoutAs({ ...checkout, targeting: { maybe: [] } }), /cannot be compiled: [^\n]*maybe/],
    [checkoutAs({ ...checkout, targeting: { $ref: "staff" } }), /cannot be compiled/],
    [waiting, /needs the migration "add-currency"[^\n]+burgee confirm add-currency/],
  ];
  const { burgee, files, read, write } = await openProject();
  for (const [document, sentence] of documents) {
    await write("flags.json", document);
    const { code, stdout, stderr } = await burgee(
      "release",
      key,
      "--percent",
      "10",
      ...why,
      "--yes",
    );
    expect([code, stdout, stderr]).toEqual([1, "", expect.stringMatching(sentence)]);
    expect(JSON.parse(await read("flags.json"))).toEqual(document);
  }
  expect(await files()).toEqual(["flags.json"]);
  expect((await burgee("confirm", "add-currency", "--reason", "build 812")).code).toBe(0);
  expect((await burgee("release", key, "--percent", "10", ...why, "--yes")).code).toBe(0);
});

test("a release that cannot be meant is one sentence, and exit code 2", async () => {
  const { burgee, files } = await openProject({ "flags.json": shop });
  const ten = ["--percent", "10"];
  for (const [args, sentence] of [
    [["--percent", "101"], /0 to 100/],
    [["--percent", "0.00001"], /4 decimals/],
    [["--percent", "ten"], /0 to 100/],
    [[], /--percent/],
    [[...ten, "--then", "50,100"], /--every/],
    [[...ten, "--every", "1h"], /--then/],
    [[...ten, "--then", "5", "--every", "1h"], /only grows: 10, 5 does not/],
    [[...ten, "--then", "50,", "--every", "1h"], /0 to 100/],
    [[...ten, "--then", "50", "--every", "soon"], /30m, 1h or 2d/],
    [[...ten, "--at", "tomorrow"], /It is a date such as/],
    [[...ten, "--at", "2020-12-01T09:00Z"], /2020-12-01 09:00 UTC is past/],
    [[...ten, "--variant", "maybe"], /no variant "maybe"; it has on, off/],
  ] as const) {
    const { code, stderr } = await burgee("release", key, ...args, ...why, "--yes");
    expect([code, stderr]).toEqual([2, expect.stringMatching(sentence)]);
    expect(stderr).toMatch(/^burgee: [^\n]+\n$/);
  }
  const silent = await burgee("release", key, ...ten, "--yes");
  expect([silent.code, silent.stderr]).toEqual([2, expect.stringContaining("--reason")]);
  expect(await files()).toEqual(["flags.json"]);
});
