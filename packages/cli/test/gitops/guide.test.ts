import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { openProject } from "../project.js";

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
