import { expect, test } from "vitest";
import { openProject, shop } from "../project.js";
import { openRedis } from "../redis.js";

/** A document of one flag, which has these fields besides the usual ones. */
function flagWith(fields: object, rest: object = {}): object {
  const usual = { state: "ENABLED", variants: { on: true, off: false }, defaultVariant: "off" };
  return { flags: { beta: { ...usual, ...fields } }, ...rest };
}

async function findingsOf(document: object, ...options: readonly string[]) {
  const { burgee } = await openProject({ "flags.json": document });
  const { code, json, stderr } = await burgee("check", "--json", ...options);
  const { findings } = json as { findings: { check: string; pointer: string; message: string }[] };
  return {
    code,
    stderr,
    found: findings.map(({ check, pointer }) => `${check} ${pointer}`),
    findings,
  };
}

test("a sound document passes", async () => {
  const { burgee } = await openProject({ "flags.json": shop });
  expect(await burgee("check")).toMatchObject({
    code: 0,
    stdout: "3 flags, 0 errors, 0 warnings\n",
    stderr: "",
  });
});

test("an operator that nobody knows is an error at its flag", async () => {
  const { code, found, findings } = await findingsOf(
    flagWith({ targeting: { if: [{ matches: ["a", "b"] }, "on"] } }),
  );
  expect([code, found]).toEqual([1, ["operators /flags/beta/targeting"]]);
  expect(findings[0]?.message).toContain('unknown operator "matches"');
});

test("a variant that the flag does not have is an error at its place", async () => {
  const rule = { if: [{ var: "staff" }, "onn"] };
  expect(await findingsOf(flagWith({ targeting: rule }))).toMatchObject({
    code: 1,
    found: ["names /flags/beta/targeting/if/1"],
  });
});

test("a rule that nobody can reach is an error at its place", async () => {
  const nl = { "==": [{ var: "country" }, "NL"] };
  const de = { "==": [{ var: "country" }, "DE"] };
  const rules: [rule: object, pointer: string][] = [
    [{ if: [true, "on", nl, "off"] }, "if/2"],
    [{ if: [nl, "on", nl, "off", "on"] }, "if/3"],
    [{ if: [{ "==": [1, 2] }, "on", "off"] }, "if/1"],
    [{ if: [nl, { if: [de, "on", "off"] }, "off"] }, "if/1/if/1"],
    [{ if: [{ and: [nl, de] }, "on", "off"] }, "if/1"],
    [
      {
        or: [
          { if: [nl, "on", "off"] },
          {
            fractional: [
              ["on", 50],
              ["off", 50],
            ],
          },
        ],
      },
      "or/1",
    ],
  ];
  for (const [targeting, place] of rules) {
    const { code, found } = await findingsOf(flagWith({ targeting }));
    expect([code, found]).toEqual([1, [`unreachable /flags/beta/targeting/${place}`]]);
  }
});

test("a rule that somebody can reach is none", async () => {
  const nl = { "==": [{ var: "country" }, "NL"] };
  const de = { "==": [{ var: "country" }, "DE"] };
  const pro = { "==": [{ var: "plan" }, "pro"] };
  const half = {
    fractional: [
      ["on", 50],
      [null, 50],
    ],
  };
  const rules: object[] = [
    { if: [nl, "on", de, "off", "on"] },
    { if: [{ and: [nl, pro] }, "on", nl, "off", "on"] },
    { if: [{ or: [nl, de] }, { if: [nl, "on", "off"] }, pro, "on"] },
    { if: [pro, { if: [{ and: [pro, nl] }, "on", "off"] }, "off"] },
    { or: [half, { if: [nl, "on"] }, "off"] },
    { if: [{ "<": [{ var: "$flagd.timestamp" }, 1] }, "on", "off"] },
  ];
  for (const targeting of rules) {
    expect(await findingsOf(flagWith({ targeting }))).toMatchObject({ code: 0, found: [] });
  }
});

test("a hold is no unreachable rule", async () => {
  const targeting = { if: [true, "off", { if: [{ var: "staff" }, "on"] }] };
  const held = flagWith({ targeting, metadata: { "burgee.hold": "guard", "burgee.epoch": 0 } });
  expect(await findingsOf(held)).toMatchObject({ code: 0, found: [] });
});

test("weights that give nobody a variant, or no whole share, are errors", async () => {
  const splits: (readonly unknown[])[] = [
    [
      ["on", 0],
      ["off", 0],
    ],
    [
      ["on", 0.5],
      ["off", 99.5],
    ],
    [
      ["on", -1],
      ["off", 100],
    ],
    [
      ["on", 2147483647],
      ["off", 1],
    ],
    ["key"],
  ];
  for (const buckets of splits) {
    const { code, found } = await findingsOf(flagWith({ targeting: { fractional: buckets } }));
    expect([code, found]).toEqual([1, ["weights /flags/beta/targeting/fractional"]]);
  }
});

test("a warning fails only where that is asked for", async () => {
  const misspelt = flagWith({ targetting: {} });
  const found = ["schema /flags/beta/targetting"];
  expect(await findingsOf(misspelt)).toMatchObject({ code: 0, found });
  expect(await findingsOf(misspelt, "--strict")).toMatchObject({ code: 1, found });
});

test("a flag that needs a migration is refused until the document or the store says it was confirmed", async () => {
  const flag = { metadata: { requires: "add-currency" } };
  const refused = await findingsOf(flagWith(flag));
  expect(refused).toMatchObject({ code: 1, found: ["requires /flags/beta/metadata/requires"] });
  expect(refused.findings[0]?.message).toContain("burgee confirm add-currency --reason");

  const confirmed = { metadata: { "burgee.confirmed.add-currency": "2027-01-04" } };
  expect(await findingsOf(flagWith(flag, confirmed))).toMatchObject({ code: 0 });

  const { options } = await openRedis({ flags: {}, ...confirmed });
  expect(await findingsOf(flagWith(flag), ...options)).toMatchObject({ code: 0 });
});

test("definitions in the code and the document have to agree", async () => {
  const { burgee } = await openProject({
    "flags.json": flagWith({ variants: { on: true, off: false, maybe: true } }),
    "src/flags.ts": `
      import { defineFlags } from "@burgee/core";
      export const flags = defineFlags({ beta: { default: false }, gamma: { default: true } });
    `,
    "burgee.config.ts": `
      import { defineConfig } from "@burgee/cli";
      export default defineConfig({ definitions: "src/flags.ts" });
    `,
  });
  const { code, stdout } = await burgee("check");
  expect(code).toBe(1);
  expect(stdout).toContain(
    'error  /flags/beta Flag "beta" has variants that its definition lacks: "maybe"',
  );
  expect(stdout).toContain('warning  /flags/gamma Flag "gamma" serves its default');
});

test("a malformed document says where, and what to do", async () => {
  const { burgee } = await openProject({ "flags.json": '{\n  "flags": {,}\n}' });
  const { code, stdout, stderr } = await burgee("check");
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^burgee: .*flags\.json:2:13.* Mend the flag set/);
});
