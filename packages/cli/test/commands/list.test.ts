import { expect, test } from "vitest";
import { openProject, shop } from "../project.js";
import { openRedis } from "../redis.js";

test("each flag is a line: what it serves, and to how many", async () => {
  const { burgee } = await openProject({ "flags.json": shop });
  const { code, stdout } = await burgee("list");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^FLAG +SERVES +OWNER +KIND +EXPIRES\n/);
  expect(stdout).toMatch(/\nnew-checkout +off +payments\n/);
  expect(stdout).toMatch(
    /\nsearch-ranking +(words|popular) 5\d\.\d %, (words|popular) 4\d\.\d %\n/,
  );
});

test("shares are of the contexts that the configuration names", async () => {
  const { burgee } = await openProject({
    "flags.json": shop,
    "visitors.ndjson": '{"country":"NL"}\n{"country":"DE"}\n{"country":"NL"}\n{}\n',
    "burgee.config.mjs": 'export default { contexts: "visitors.ndjson" };',
  });
  const { json } = await burgee("list", "--json");
  expect(json).toMatchObject({ of: 4, flags: [{}, {}, { shares: { on: 2, off: 2 } }] });
});

test("a held flag says what holds it", async () => {
  const [on, off] = ["on", "off"];
  const held = {
    state: "ENABLED",
    variants: { on: true, off: false },
    defaultVariant: on,
    targeting: { if: [true, off, null] },
    metadata: { "burgee.hold": "guard", "burgee.epoch": 0 },
  } as const;
  const { options } = await openRedis({ flags: { beta: held } });
  const { burgee } = await openProject();
  expect((await burgee("list", ...options)).stdout).toMatch(/\nbeta +off, held by a guard\n/);
});

test("a store that holds nothing says so", async () => {
  const { options } = await openRedis();
  const { burgee } = await openProject();
  const { code, stderr } = await burgee("list", ...options);
  expect([code, stderr]).toEqual([4, expect.stringContaining("There are no flags at shop")]);
});

test("of many flags, fewer users are made up", async () => {
  const many = Array.from({ length: 201 }, (_, index) => [
    `flag-${index}`,
    shop.flags["search-ranking"],
  ]);
  const { burgee } = await openProject({ "flags.json": { flags: Object.fromEntries(many) } });
  expect((await burgee("list")).stdout).toContain("shares are of 1,000 made-up users");
});
