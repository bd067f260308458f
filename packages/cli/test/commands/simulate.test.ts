import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { type FlagSet, percent, writeHold, writeRule } from "@burgee/core";
import { expect, test } from "vitest";
import { openProject, shop } from "../project.js";
import { openRedis } from "../redis.js";

const key = "new-checkout";
const ten = {
  ...shop,
  flags: { ...shop.flags, [key]: writeRule(shop.flags[key], percent({ on: 10 })) },
} satisfies FlagSet;

const visitors = Array.from({ length: 20_000 }, (_, index) => ({
  targetingKey: `visitor-${index}`,
}));
const lines = visitors.map((visitor) => JSON.stringify(visitor)).join("\n");

test("the document in Git is an edit of the store: who changes variant, and from which to which", async () => {
  const { options, store } = await openRedis(shop);
  const { burgee, write } = await openProject({ "flags.json": ten });
  await write("visitors.ndjson", lines);
  const before = await store.read();
  const { code, stdout } = await burgee(
    "simulate",
    key,
    "--contexts",
    "visitors.ndjson",
    ...options,
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^(9\.\d|10|10\.\d) % of 20,000 contexts would see another variant of new-checkout, by flags\.json\.\n/,
  );
  expect(stdout).toMatch(
    /\n\nFROM +TO +HOW MANY +SHARE\noff +on +[12],\d{3} +(9\.\d|10|10\.\d) %\n$/,
  );
  expect(await store.read()).toEqual(before);
});

test("a JSON list and an object a line are the same", async () => {
  const { burgee, write } = await openProject({ "flags.json": shop, "next.json": ten });
  await write("lines.ndjson", `${lines}\n\n`);
  await write("list.json", JSON.stringify(visitors));
  await write("pretty.json", JSON.stringify(visitors, null, 2));
  const runs = [];
  for (const file of ["lines.ndjson", "list.json", "pretty.json"]) {
    const { json } = await burgee(
      "simulate",
      key,
      "--with",
      "next.json",
      "--contexts",
      file,
      "--json",
    );
    runs.push(json);
  }
  const [one] = runs;
  expect(one).toMatchObject({ flag: key, of: 20_000, real: true, edit: "next.json" });
  expect(runs).toEqual([one, one, one]);
});

test("a release is tried before it is made", async () => {
  const { burgee, files } = await openProject({ "flags.json": ten });
  const { json } = await burgee("simulate", key, "--percent", "30", "--json");
  const { changed, moves } = json as { changed: number; moves: unknown };
  expect(json).toMatchObject({ of: 10_000, real: false, edit: "a release of on to 30 %" });
  expect(changed).toBeGreaterThan(1800);
  expect(changed).toBeLessThan(2200);
  expect(moves).toEqual([{ from: "off", to: "on", count: changed }]);
  const same = await burgee("simulate", key, "--percent", "10");
  expect([same.code, same.stdout]).toEqual([
    0,
    expect.stringMatching(/^0 % of 10,000 made-up users [^\n]+\n$/),
  ]);
  expect(await files()).toEqual(["flags.json"]);
});

test("a flag that is new, gone, or decided by a segment that changes is tried, too", async () => {
  const pro = { "==": [{ var: "plan" }, "pro"] };
  const bySegment = writeRule(shop.flags[key], { if: [{ $ref: "buyers" }, "on"] });
  const { burgee } = await openProject({
    "flags.json": {
      flags: { [key]: bySegment, old: shop.flags[key] },
      $evaluators: { buyers: { "!": [pro] } },
    },
    "next.json": {
      flags: { [key]: bySegment, new: shop.flags[key] },
      $evaluators: { buyers: pro },
    },
    "who.json": [{ plan: "pro" }, { plan: "free" }, {}],
  });
  const movesOf = async (flag: string) => {
    const { json } = await burgee(
      "simulate",
      flag,
      "--with",
      "next.json",
      "--contexts",
      "who.json",
      "--json",
    );
    return (json as { moves: unknown }).moves;
  };
  expect(await movesOf(key)).toEqual([
    { from: "on", to: "off", count: 2 },
    { from: "off", to: "on", count: 1 },
  ]);
  expect(await movesOf("new")).toEqual([{ from: "(code default)", to: "off", count: 3 }]);
  expect(await movesOf("old")).toEqual([{ from: "off", to: "(code default)", count: 3 }]);
});

test("nobody sees an edit of a flag that is held", async () => {
  const held = { flags: { [key]: writeHold(shop.flags[key], "kill", "off") } };
  const { burgee } = await openProject({ "store.json": held, "flags.json": ten });
  const { json } = await burgee("simulate", key, "--store", "store.json", "--json");
  expect(json).toMatchObject({ changed: 0, moves: [] });
});

test("a file of any size is tried in bounded memory", async () => {
  const { burgeeWith, path } = await openProject({ "flags.json": ten });
  const file = createWriteStream(path("visitors.ndjson"));
  const padding = "x".repeat(1000);
  for (let index = 0; index < 80_000; index++) {
    if (!file.write(`{"targetingKey":"visitor-${index}","padding":"${padding}"}\n`))
      await once(file, "drain");
  }
  await once(file.end(), "finish");
  const { code, stdout, stderr } = await burgeeWith(
    { NODE_OPTIONS: "--max-old-space-size=48" },
    ...["simulate", key, "--percent", "20", "--contexts", "visitors.ndjson"],
  );
  expect([code, stderr, stdout]).toEqual([
    0,
    "",
    expect.stringMatching(/^(9\.\d|10|10\.\d) % of 80,000 contexts/),
  ]);
});

test("contexts or edits that cannot be used are one sentence, and exit code 2", async () => {
  const { burgee, write } = await openProject({ "flags.json": shop, "next.json": ten });
  await write("torn.ndjson", '{"a":1}\n{"a":');
  await write("torn.json", '[{"a":1},');
  await write("numbers.ndjson", "{}\n1\n");
  await write("numbers.json", "[1]");
  await write("long.ndjson", `{"a":"${"x".repeat(2_000_000)}"}`);
  await write("broken.json", "{");
  for (const [args, sentence] of [
    [["--with", "next.json", "--contexts", "nowhere"], /nowhere cannot be read/],
    [["--with", "next.json", "--contexts", "torn.ndjson"], /torn\.ndjson:2 is no JSON/],
    [["--with", "next.json", "--contexts", "torn.json"], /torn\.json is no JSON/],
    [["--with", "next.json", "--contexts", "numbers.ndjson"], /numbers\.ndjson:2 is no object/],
    [["--with", "next.json", "--contexts", "numbers.json"], /must hold evaluation contexts/],
    [["--with", "next.json", "--contexts", "long.ndjson"], /a line of more than 1 MB/],
    [["--with", "broken.json"], /broken\.json/],
    [["--with", "next.json", "--percent", "5"], /two edits/],
    [["--with", "next.json", "--variant", "on"], /--percent/],
    [["--percent", "200"], /0 to 100/],
    [[], /is the flag document itself/],
  ] as const) {
    const { code, stdout, stderr } = await burgee("simulate", key, ...args);
    expect([args, code, stdout, stderr]).toEqual([args, 2, "", expect.stringMatching(sentence)]);
    expect(stderr).toMatch(/^burgee: [^\n]+\n$/);
  }
});
