import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { openProject, shop } from "../project.js";

const guide = await readFile(
  new URL("../../../../docs/guides/releasing.md", import.meta.url),
  "utf8",
);

/** The words of each command that the guide has, in order. */
const commands = [...guide.matchAll(/^npx burgee (.*)$/gm)].map(([, line = ""]) => {
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, word]) => quoted ?? word ?? "",
  );
  return words.map((word) => word.replace("2036-", `${new Date().getUTCFullYear() + 10}-`));
});

test("the commands of the guide run, one after the other", async () => {
  const { burgee, commit } = await openProject({
    "flags.json": shop,
    "visitors.ndjson": '{"targetingKey":"a"}\n{"targetingKey":"b"}\n',
  });
  const owned = { ...shop.flags["new-checkout"], metadata: { owner: "checkout" } };
  const { revision } = await commit("flags.json", { flags: { put: { "new-checkout": owned } } });
  expect(commands).toHaveLength(8);
  for (const command of commands) {
    const args = command.map((word) => (word === "5e0c:41" ? revision : word));
    const yes = args.some((word) => ["explain", "simulate"].includes(word)) ? [] : ["--yes"];
    expect([args, await burgee(...args, ...yes)]).toMatchObject([args, { code: 0, stderr: "" }]);
  }
  expect((await burgee("history")).stdout).toMatch(
    /release[\s\S]+rollback[\s\S]+kill[\s\S]+resume[\s\S]+verified/,
  );
});
