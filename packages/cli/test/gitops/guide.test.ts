import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { openProject, shop } from "../project.js";
import { openRedis } from "../redis.js";

const guide = await readFile(new URL("../../../../docs/guides/gitops.md", import.meta.url), "utf8");
const fences = [...guide.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = ""]) => text);

function fenceWith(text: string): string {
  const fence = fences.find((each) => each.includes(text));
  if (fence === undefined) throw new Error(`the guide has no YAML with ${text}`);
  return fence;
}

test("the document in the ConfigMap passes its check", async () => {
  const { data } = parse(fenceWith("shop-flags\ndata:")) as { data: Record<string, string> };
  const { burgee } = await openProject(data);
  expect(await burgee("check", "--strict")).toMatchObject({ code: 0, stderr: "" });
});

test("the values file of Helm passes its check, and is the same to YAML 1.1", async () => {
  const text = fenceWith("helm upgrade");
  const { burgee } = await openProject({ "flags.yaml": text });
  expect(await burgee("check", "--strict", "--file", "flags.yaml")).toMatchObject({ code: 0 });
  expect(parse(text, { version: "1.1" })).toEqual(parse(text));
});

test("the workflow and the job run commands that there are", async () => {
  const { burgee } = await openProject();
  const workflow = parse(fenceWith("Post the plan")) as { jobs: object };
  expect(Object.keys(workflow.jobs)).toEqual(["plan", "apply", "drift"]);
  expect(() => parse(fenceWith("kind: Job"))).not.toThrow();
  const names = [...guide.matchAll(/npx burgee (\w+)|"burgee", "(\w+)"/g)].map(
    ([, a, b]) => a ?? b,
  );
  for (const name of new Set(names)) {
    expect([name, (await burgee(`${name}`, "--help")).code]).toEqual([name, 0]);
  }
});

test("the rights that the guides name are enough: to read for a reader, and for a writer to write", async () => {
  const { client, options, store } = await openRedis(shop);
  const redis = await readFile(
    new URL("../../../../docs/guides/redis.md", import.meta.url),
    "utf8",
  );
  const rules = [...`${guide}${redis}`.matchAll(/^ACL SETUSER (reader|writer) (.*)$/gm)];
  const [reader, writer] = await Promise.all(
    rules.map(async ([, name = "", rights = ""]) => {
      const own = rights.replaceAll("shop-production", "shop").replace(">…", ">secret");
      await client.sendCommand(["ACL", "SETUSER", name, ...own.split(" ")]);
      const url = (options[1] ?? "").replace("//", `//${name}:secret@`);
      return ["--store", url, "--key", "shop"];
    }),
  );
  const next = { ...shop.flags["free-shipping"], defaultVariant: "on" };
  const { burgee } = await openProject({
    "flags.json": { ...shop, flags: { ...shop.flags, "free-shipping": next } },
  });
  const release = ["release", "new-checkout", "--percent", "10", "--reason", "a test", "--yes"];
  for (const args of [
    ["check"],
    ["list"],
    ["plan"],
    ["drift"],
    ["history"],
    ["explain", "new-checkout"],
    ["simulate", "new-checkout"],
    ["stale", "new-checkout"],
  ]) {
    const { code, stderr } = await burgee(...args, ...(reader ?? []));
    expect([args, code, stderr]).toEqual([args, 0, ""]);
  }
  for (const args of [["apply"], release]) {
    const before = await store.read();
    expect(await burgee(...args, ...(reader ?? []))).toMatchObject({ code: 4 });
    expect(await store.read()).toEqual(before);
    expect(await burgee(...args, ...(writer ?? []))).toMatchObject({ code: 0, stderr: "" });
  }
});
