import { writeHold } from "@burgee/core";
import { expect, test } from "vitest";
import { openProject, shop } from "../project.js";
import { openRedis } from "../redis.js";

const released = { ...shop.flags["new-checkout"], defaultVariant: "on" };

test("the document gets what the store holds, and nothing else of it is changed", async () => {
  const { options } = await openRedis({
    ...shop,
    flags: { ...shop.flags, "new-checkout": released },
  });
  const { burgee, read, files } = await openProject({
    "flags.yaml": `# the shop's flags
$schema: https://flagd.dev/schema/v0/flags.json
flags:
  new-checkout:
    state: ENABLED
    variants: { on: true, off: false } # of the year
    defaultVariant: off
`,
  });
  const { code } = await burgee("pull", "--file", "flags.yaml", ...options);
  expect(code).toBe(0);
  const text = await read("flags.yaml");
  expect(text).toMatch(/^# the shop's flags\n\$schema: https/);
  expect(text).toContain("variants: { on: true, off: false } # of the year");
  expect(text).toMatch(/defaultVariant: "?on"?/);
  expect(text).toContain("search-ranking:");
  expect(await files()).toEqual(["flags.yaml"]);
});

test("a hold stays in the store", async () => {
  const held = writeHold(shop.flags["search-ranking"], "guard", "words");
  const { options } = await openRedis({
    ...shop,
    flags: { ...shop.flags, "search-ranking": held },
  });
  const { burgee, read } = await openProject({ "flags.json": { flags: {} } });
  await burgee("pull", ...options);
  expect(JSON.parse(await read("flags.json"))).toEqual(shop);
  expect(await burgee("pull", "--json", ...options)).toMatchObject({ json: { written: false } });
});

test("a document that cannot be written stays as it is", async () => {
  const { options } = await openRedis(shop);
  const { burgee, read } = await openProject({ "flags.json": "{" });
  const { code, stderr } = await burgee("pull", ...options);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/flags\.json.*Mend the flag set/)]);
  expect(await read("flags.json")).toBe("{");
});
