import type { FlagDefinition, FlagSet } from "@burgee/core";
import { progressive, writeHold } from "@burgee/core";
import { fileStore } from "@burgee/stores/file";
import { expect, onTestFinished, test, vi } from "vitest";
import { openProject, type Project } from "../project.js";
import { openRedis } from "../redis.js";

const off: FlagDefinition = {
  state: "ENABLED",
  variants: { on: true, off: false },
  defaultVariant: "off",
};
const on = { ...off, defaultVariant: "on" };

/** What `stale --json` says of each flag: the reasons by key. */
async function reasonsOf(project: Project, ...args: readonly string[]) {
  const { json } = await project.burgee("stale", "--json", ...args);
  const { flags } = json as { flags: { key: string; reasons: { reason: string }[] }[] };
  return Object.fromEntries(
    flags.map(({ key, reasons }) => [key, reasons.map(({ reason }) => reason)]),
  );
}

/** The flags, and code that reads each of them. */
function openWith(flags: FlagSet["flags"], files: Record<string, string> = {}) {
  const reads = Object.keys(flags).map((key) => `useFlag("${key}");\n`);
  return openProject({ "flags.json": { flags }, "src/app.ts": reads.join(""), ...files });
}

/** A day that is so many days from now. */
function day(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

test("a flag whose state nobody has changed for long is stale, by the history", async () => {
  const project = await openWith({ fresh: off, quiet: off });
  await project.commit("flags.json", {
    flags: { put: { fresh: { ...off, targeting: { if: [{ var: "staff" }, "on"] } } } },
  });
  expect(await reasonsOf(project)).toEqual({});
  const later = await project.burgee("stale", "--at", day(91));
  expect(later.code).toBe(1);
  expect(later.stdout).toMatch(
    /^FLAG +WHY +OWNER +KIND\nfresh +unchanged for 90 days\nquiet +unchanged for 90 days\n/,
  );
  expect(later.stdout).toMatch(/\n2 of 2 flags of flags\.json are stale, as of [\d-]+\.\n$/);
  await project.burgee("stale"); // a flag is not changed by looking at it
  await project.commit("flags.json", {
    flags: { put: { quiet: { ...off, metadata: { owner: "ada" } } } },
  });
  expect(await reasonsOf(project, "--max-age", "1d", "--at", day(2))).toEqual({
    fresh: ["unchanged"],
    quiet: ["unchanged"],
  });
});

test("a change of a shared rule is one of each flag that uses it, through others, too", async () => {
  const uses = (name: string) => ({ ...off, targeting: { if: [{ $ref: name }, "on"] } });
  const flags = { direct: uses("staff"), through: uses("testers"), other: uses("beta"), none: off };
  const rules = {
    staff: { "==": [{ var: "team" }, "shop"] },
    testers: { or: [{ $ref: "staff" }, { var: "tester" }] },
    beta: { var: "beta" },
  };
  const project = await openWith({});
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const commitAt = async (days: number, change: Parameters<Project["commit"]>[1]) => {
    vi.setSystemTime(`${day(days)}T12:00:00Z`);
    await project.commit("flags.json", change);
    vi.setSystemTime(vi.getRealSystemTime());
  };
  await commitAt(-200, { flags: { put: flags }, evaluators: { put: rules } });
  await commitAt(-100, {
    flags: { put: { none: { ...off, state: "DISABLED" } } },
    kind: "archive",
  });
  await commitAt(-10, { evaluators: { put: { staff: { "==": [{ var: "team" }, "search"] } } } });
  await commitAt(-5, { evaluators: { put: { beta: rules.beta } } });
  await project.write(
    "src/app.ts",
    ["direct", "through", "other"].map((key) => `useFlag("${key}");`).join("\n"),
  );
  const unchanged = await project.burgee("stale", "--json");
  expect(await reasonsOf(project)).toEqual({ other: ["unchanged"], none: ["unreferenced"] });
  expect(unchanged.json).toMatchObject({
    flags: [
      { reasons: [{ message: expect.stringMatching(/^unchanged for (199|200) days$/) }] },
      {},
    ],
  });
  const later = await reasonsOf(project, "--at", day(85));
  expect(later).toMatchObject({ direct: ["unchanged"], through: ["unchanged"] });
});

test("a flag that was archived stays so when a shared rule of its is changed", async () => {
  const targeting = { if: [{ $ref: "staff" }, "on"] };
  const project = await openWith({ banner: { ...off, targeting } });
  await project.write("flags.json", {
    $evaluators: { staff: { var: "staff" } },
    flags: { banner: { ...off, targeting } },
  });
  const put = { banner: { ...off, targeting, state: "DISABLED" } } as const;
  await project.commit("flags.json", { flags: { put }, kind: "archive" });
  await project.commit("flags.json", { evaluators: { put: { staff: { var: "employee" } } } });
  expect(await reasonsOf(project)).toEqual({ banner: ["archived"] });
});

test("without a history its age counts from `created`, and is unknown without that", async () => {
  const created = (date: string) => ({ ...off, metadata: { created: date } });
  const project = await openWith({
    old: created(day(-90)),
    young: created(day(-89)),
    ageless: off,
  });
  expect(await reasonsOf(project)).toEqual({ old: ["unchanged"] });
  expect((await project.burgee("stale")).stdout).toContain(
    "\nOf unknown age, without a history and `created`: ageless.\n",
  );
});

test("time itself changes a flag: a release that grows, or has just ended, is not unchanged", async () => {
  const steps = (first: number, last: number) =>
    progressive("on", [
      { at: new Date(Date.now() + first * 86_400_000), percent: 10 },
      { at: new Date(Date.now() + last * 86_400_000), percent: 100 },
    ]) as FlagDefinition["targeting"] & object;
  const metadata = { created: day(-300) };
  const project = await openWith({
    growing: { ...off, metadata, targeting: steps(-200, 10) },
    ended: { ...off, metadata, targeting: steps(-200, -10) },
    over: { ...off, metadata, targeting: steps(-200, -100) },
  });
  expect(await reasonsOf(project)).toEqual({ ended: ["settled"], over: ["unchanged", "settled"] });
});

test("a flag whose end is past is stale, from the day after on", async () => {
  const project = await openWith({
    banner: { ...off, metadata: { expires: "2027-02-01", owner: "shop" } },
  });
  expect(await reasonsOf(project, "--at", "2027-02-01T23:59Z")).toEqual({});
  const { code, stdout } = await project.burgee("stale", "--at", "2027-02-02");
  expect([code, stdout]).toEqual([
    1,
    expect.stringMatching(/\nbanner +should be gone by 2027-02-01 +shop\n/),
  ]);
});

test("a flag with one variant at 100 % is stale, save the safe one, and what conditions hide", async () => {
  const split = (share: number): FlagDefinition => ({
    ...off,
    targeting: {
      fractional: [
        ["on", share],
        ["off", 100 - share],
      ],
    },
  });
  const project = await openWith(
    {
      on,
      all: split(100),
      most: split(99),
      none: split(0),
      conditional: { ...off, targeting: { if: [{ "==": [{ var: "country" }, "NL"] }, "on"] } },
      byCompany: { ...on, targeting: { fractional: [{ var: "company" }, ["on", 1]] } },
      disabled: { ...on, state: "DISABLED" },
      killed: writeHold(on, "kill", "on"),
    },
    {
      "visitors.ndjson": '{"country":"NL"}\n',
      "real.config.mjs": 'export default { contexts: "visitors.ndjson" };',
    },
  );
  expect(await reasonsOf(project)).toEqual({
    on: ["settled"],
    all: ["settled"],
    byCompany: ["settled"],
  });
  expect(await reasonsOf(project, "conditional", "--config", "real.config.mjs")).toEqual({
    conditional: ["settled"],
  });
});

test("what everybody has for the time being is not settled", async () => {
  const monday = Math.floor(Date.parse("2036-12-01") / 1000);
  const campaign = { if: [{ "<": [{ var: "$flagd.timestamp" }, monday] }, "on"] };
  const project = await openWith({ campaign: { ...off, targeting: campaign } });
  expect((await project.burgee("list")).stdout).toMatch(/\ncampaign +on\n/);
  expect(await reasonsOf(project)).toEqual({});
  expect(await reasonsOf(project, "--at", "2037-01-01")).toEqual({});
});

test("the safe variant is what the definition says", async () => {
  const project = await openWith(
    { cache: on, search: off },
    {
      "flags.mjs": `export const flags = { definitions: {
        cache: { default: "on", variants: { on: true, off: false } },
        search: { default: "on", variants: { on: true, off: false } } } };`,
    },
  );
  expect(await reasonsOf(project, "--definitions", "flags.mjs")).toEqual({ search: ["settled"] });
});

test("a flag that is defined and not referenced is stale, and so is one that is not defined", async () => {
  const code = `import { defineFlags } from "@burgee/core";
export const flags = defineFlags({ used: { default: false }, unused: { default: false }, waiting: { default: false } });`;
  const project = await openProject({
    "flags.json": { flags: { used: off, unused: off, gone: off } },
    "flags.ts": code,
    "app.ts": 'scope.get("used"); scope.get("gone");',
  });
  expect(await reasonsOf(project)).toEqual({ unused: ["unreferenced"], gone: ["undefined"] });
  expect(await reasonsOf(project, "--definitions", "flags.ts")).toEqual({
    unused: ["unreferenced"],
    gone: ["undefined"],
    waiting: ["unreferenced"],
  });
});

test("without code to look at, nothing is said of references", async () => {
  const { burgee } = await openProject({ "flags.json": { flags: { a: off } } });
  expect(await burgee("stale")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /No source files were found[^\n]+\nNo definitions were found[^\n]+\n0 of 1 flags/,
    ),
  });
});

test("flags of kind ops and permission are neither too old nor settled, but they end when they say so", async () => {
  const facts = { created: day(-400) };
  const project = await openWith({
    breaker: { ...on, metadata: { ...facts, kind: "ops" } },
    admin: { ...on, metadata: { ...facts, kind: "permission" } },
    sale: { ...on, metadata: { ...facts, kind: "ops", expires: day(-1) } },
    test: { ...on, metadata: { ...facts, kind: "experiment" } },
  });
  expect(await reasonsOf(project)).toEqual({ sale: ["expired"], test: ["unchanged", "settled"] });
  expect((await project.burgee("stale")).stdout).toContain(
    "\nOf kind ops or permission, and so never too old: breaker, admin, sale.\n",
  );
});

test("--archive shows who sees what, asks, disables in one change, and writes it down", async () => {
  const { options, store } = await openRedis({ flags: { banner: on, other: off } });
  const project = await openProject({ "app.ts": 'useFlag("banner"); useFlag("other");' });
  const command = ["stale", "--archive", ...options];
  const unasked = await project.burgee(...command);
  expect(unasked).toMatchObject({ code: 2, stderr: expect.stringContaining("--yes") });
  expect((await project.onTerminal(command, { to: "Disable banner?", keys: "n" })).code).toBe(5);
  expect((await store.read()).flagSet.flags["banner"]).toEqual(on);
  const { code, stdout } = await project.burgee(...command, "--yes");
  expect(code).toBe(0);
  expect(stdout).toContain("banner  100 % of 10,000 made-up users: on → (code default)\n");
  expect(stdout).toMatch(/\nbanner disabled; shop at redis:[^\n]+ is at revision \w+:2\.\n$/);
  expect((await store.read()).flagSet.flags).toEqual({
    banner: { ...on, state: "DISABLED" },
    other: off,
  });
  const history = await project.burgee("history", "banner", "--json", ...options);
  expect(history.json).toMatchObject({
    verified: true,
    entries: [
      {
        kind: "archive",
        actor: "tess",
        reason: "stale: banner (on for 100 % of 10,000 made-up users)",
      },
      { kind: "seed" },
    ],
  });
});

test("an archived flag is stale until the code and the document are rid of it", async () => {
  const project = await openWith({ banner: on });
  expect((await project.burgee("stale", "--archive", "--yes", "--json")).json).toMatchObject({
    archived: ["banner"],
    entry: { kind: "archive" },
    effects: [{ flag: "banner", changed: 10_000 }],
  });
  expect(await reasonsOf(project)).toEqual({ banner: ["archived"] });
  const again = await project.burgee("stale", "--archive", "--yes");
  expect(again.stdout).toContain("disabled, and the code still has it: src/app.ts:1:9\n");
  expect(again.code).toBe(1);
  await project.write("src/app.ts", "");
  expect(await reasonsOf(project)).toEqual({ banner: ["unreferenced"] });
  await project.write("flags.json", { flags: {} });
  expect((await project.burgee("stale")).code).toBe(0);
});

test("only those that are named are judged, and ended", async () => {
  const project = await openWith({ a: on, b: on });
  await project.burgee("stale", "a", "--archive", "--yes");
  const { flagSet } = await fileStore(project.path("flags.json")).read();
  expect([flagSet.flags["a"]?.state, flagSet.flags["b"]?.state]).toEqual(["DISABLED", "ENABLED"]);
  expect(await project.burgee("stale", "c")).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^burgee: flags\.json has no flag "c"; it has a, b\.\n$/),
  });
});

test("what cannot be used ends it with a sentence, and nothing is written", async () => {
  const project = await openWith({ a: on });
  for (const args of [
    ["--max-age", "soon"],
    ["--max-age", "0d"],
    ["--at", "tomorrow"],
  ]) {
    const { code, stderr } = await project.burgee("stale", "--archive", "--yes", ...args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^burgee: [^\n]+\n$/)]);
  }
  await project.write("flags.json", "{");
  const torn = await project.burgee("stale", "--archive", "--yes");
  expect([torn.code, torn.stderr]).toEqual([2, expect.stringMatching(/^burgee: [^\n]+\n$/)]);
  expect(await project.files()).toEqual(["flags.json", "src", "src/app.ts"]);
});

test("a store that is gone ends it with a sentence", async () => {
  const { options, server } = await openRedis({ flags: { a: on } });
  await server.kill();
  const { burgee } = await openProject({ "app.ts": "" });
  expect(await burgee("stale", "--archive", "--yes", ...options)).toMatchObject({
    code: 4,
    stdout: "",
    stderr: expect.stringMatching(/^burgee: shop at [^\n]+ cannot be reached: [^\n]+\n$/),
  });
});
