import { readFile } from "node:fs/promises";
import type { FlagDefinition } from "@burgee/core";
import { expect, test } from "vitest";
import { openProject } from "../project.js";

const guide = await readFile(new URL("../../../../docs/guides/ending.md", import.meta.url), "utf8");

const banner: FlagDefinition = {
  state: "ENABLED",
  variants: { on: true, off: false },
  defaultVariant: "on",
  metadata: { owner: "shop", expires: "2026-09-01" },
};

test("the commands of the guide run", async () => {
  const commands = [...guide.matchAll(/^npx burgee (.*)$/gm)].map(([, line = ""]) =>
    line.split(" "),
  );
  const { burgee } = await openProject({
    "flags.json": { flags: { "summer-banner": banner, "new-checkout": banner } },
    "src/app.ts": 'requireFlag("new-checkout");',
  });
  expect(commands.map(([name]) => name)).toEqual(["stale", "refs", "stale", "types"]);
  for (const command of commands) {
    const yes = command.includes("--archive") ? ["--yes"] : [];
    const { code, stderr } = await burgee(...command, ...yes);
    const expected = command.includes("--max-age") ? 1 : 0;
    expect([command, code, stderr]).toEqual([command, expected, ""]);
  }
});

test("a flag is archived, pulled, and taken out of the code, the document and the store", async () => {
  const { burgee, read, write } = await openProject({
    "flags.json": { flags: { "summer-banner": banner } },
    "src/app.ts": 'useFlag("summer-banner");',
  });
  const store = ["--store", "store.json"];
  const done = async (...args: string[]) => {
    const { code, stderr } = await burgee(...args, ...store);
    expect([args, code, stderr]).toEqual([args, 0, ""]);
  };
  await done("apply");
  await done("stale", "--archive", "--yes");
  await done("drift");
  await done("pull");
  expect(JSON.parse(await read("flags.json")).flags["summer-banner"].state).toBe("DISABLED");
  await done("apply");
  expect((await burgee("stale", ...store)).stdout).toContain(
    "the code still has it: src/app.ts:1:9",
  );
  await write("src/app.ts", "");
  await write("flags.json", { flags: {} });
  await done("apply");
  expect(JSON.parse(await read("store.json")).flags).toEqual({});
  await done("stale");
});
