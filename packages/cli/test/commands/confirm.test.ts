import { expect, test } from "vitest";
import { openProject, shop } from "../project.js";
import { openRedis } from "../redis.js";

const needy = {
  ...shop,
  flags: {
    "new-checkout": {
      ...shop.flags["new-checkout"],
      metadata: { requires: "add-currency, fill-currency" },
    },
  },
};

test("a confirmation is kept with its reason, once", async () => {
  const { options, store } = await openRedis(needy);
  const { burgee } = await openProject();
  const first = await burgee("confirm", "add-currency", "--reason", "build 812", ...options);
  expect([first.code, first.stdout]).toEqual([
    0,
    expect.stringContaining("required by new-checkout"),
  ]);
  const { metadata } = (await store.read()).flagSet;
  expect(metadata).toEqual({
    flagSetId: "shop",
    "burgee.confirmed.add-currency": expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  });
  expect(await burgee("history", "--json", "--limit", "1", ...options)).toMatchObject({
    json: { entries: [{ actor: "tess", reason: "build 812", kind: "manual" }] },
  });
  const again = await burgee("confirm", "add-currency", "--reason", "again", "--json", ...options);
  expect([again.code, again.json]).toMatchObject([0, { confirmed: true, flags: ["new-checkout"] }]);
  expect((again.json as { entry?: unknown }).entry).toBeUndefined();
});

test("a flag that needs two waits for both", async () => {
  const { burgee } = await openProject({ "flags.json": needy });
  await burgee("confirm", "add-currency", "--reason", "done");
  const { code, stdout } = await burgee("check");
  expect([code, stdout]).toEqual([1, expect.stringContaining("burgee confirm fill-currency")]);
  await burgee("confirm", "fill-currency", "--reason", "done");
  expect((await burgee("check")).code).toBe(0);
});

test("a confirmation without a reason, or of what is no name, is refused", async () => {
  const { burgee, files } = await openProject({ "flags.json": needy });
  expect((await burgee("confirm", "add-currency")).code).toBe(2);
  expect((await burgee("confirm", "add currency", "--reason", "done")).code).toBe(2);
  expect(await files()).toEqual(["flags.json"]);
});
