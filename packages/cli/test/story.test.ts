import { type FlagDefinition, readHold } from "@burgee/core";
import { expect, test } from "vitest";
import { guarded } from "../../monitor/test/guard/guarded.js";
import { openProject } from "./project.js";
import { openRedis } from "./redis.js";

const key = "new-checkout";
const checkout = {
  state: "ENABLED",
  variants: { on: true, off: false },
  defaultVariant: "off",
  metadata: { owner: "payments", created: "2027-01-04" },
} as const satisfies FlagDefinition;

test("a flag is seeded, released, tripped, deployed around, resumed, told in its history, and named when it is old", async () => {
  const { options, store } = await openRedis();
  const { burgee, gitCommit, write } = await openProject({
    "flags.json": { flags: { [key]: checkout } },
    "src/app.ts": `app.post("/checkout", requireFlag("${key}"), checkout);`,
  });
  const held = async () => readHold((await store.read()).flagSet.flags[key] as FlagDefinition);

  const first = await gitCommit();
  expect((await burgee("check")).code).toBe(0);
  expect((await burgee("apply", ...options)).code).toBe(0);

  const ten = {
    fractional: [
      ["on", 10],
      [null, 90],
    ],
  };
  const release = ["release", key, "--percent", "10", "--reason", "10 %", "--yes"];
  expect((await burgee(...release, ...options)).code).toBe(0);

  const { until } = await guarded({ store });
  await until("tripped", { on: 0.4, off: 0.01 });
  expect(await held()).toMatchObject({ kind: "guard", held: "off", rule: ten });

  await write("flags.json", {
    flags: { [key]: checkout, "free-shipping": { ...checkout, metadata: { owner: "logistics" } } },
  });
  const second = await gitCommit();
  const deploy = await burgee("apply", ...options);
  expect([deploy.code, deploy.stdout]).toEqual([
    0,
    expect.stringContaining("+ free-shipping  create"),
  ]);
  expect(deploy.stdout).toContain("= new-checkout  keep\n    release by tess");
  expect(await held()).toMatchObject({ kind: "guard", held: "off", rule: ten });
  expect((await burgee("list", ...options)).stdout).toMatch(
    /\nnew-checkout +off, held by a guard /,
  );

  const resume = ["resume", key, "--reason", "the bug is mended", "--yes"];
  expect((await burgee(...resume, ...options)).code).toBe(0);
  expect(await held()).toBeUndefined();

  const { json } = await burgee("history", key, "--json", ...options);
  expect(json).toMatchObject({
    verified: true,
    entries: [
      { kind: "resume", reason: "the bug is mended" },
      {
        kind: "guard",
        reason: expect.stringMatching(/^new-checkout=on fails more often than off/),
      },
      { kind: "release", reason: "10 %" },
      { kind: "seed", actor: "tess", origin: { commit: first } },
    ],
  });
  expect(await burgee("history", "free-shipping", "--json", ...options)).toMatchObject({
    json: { entries: [{ kind: "seed", origin: { commit: second } }] },
  });

  const drift = await burgee("drift", ...options);
  expect([drift.code, drift.stdout]).toEqual([0, expect.stringContaining("changed at run time")]);

  expect((await burgee("stale", key, ...options)).code).toBe(0);
  const later = new Date(Date.now() + 91 * 86_400_000).toISOString();
  const stale = await burgee("stale", "--max-age", "90d", "--at", later, ...options);
  expect([stale.code, stale.stdout]).toEqual([
    1,
    expect.stringMatching(/\nnew-checkout +unchanged for 91 days +payments\n/),
  ]);
});
