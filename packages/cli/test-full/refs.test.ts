import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { openProject } from "../test/project.js";

const flag = { state: "ENABLED", variants: { on: true, off: false }, defaultVariant: "off" };
const keys = Array.from({ length: 200 }, (_, index) => `area-${index % 20}-feature-${index}`);

/** A component of about 100 lines that reads a flag: each of the files has to be parsed. */
function component(index: number): string {
  const functions = Array.from({ length: 20 }, (_, number) => {
    return `/** What order ${number} comes to, with its tax. */
export function total${number}(order: { lines: { price: number; count: number }[] }, rate = 0.2) {
  const net = order.lines.reduce((sum, { price, count }) => sum + price * count, 0);
  return net * (1 + rate);
}
`;
  });
  const read = `export const Part = () => (useFlag("${keys[index % 200]}") ? <b>new</b> : <i>old</i>);\n`;
  return `import { useFlag } from "@burgee/react";\n${functions.join("")}${read}`;
}

test("5,000 files, each with a flag, are read within 10 seconds", async () => {
  const flags = Object.fromEntries(keys.map((key) => [key, flag]));
  const { burgee, path } = await openProject({ "flags.json": { flags } });
  for (let index = 0; index < 5000; index++) {
    const file = path(join("src", `area-${index % 100}`, `part-${index}.tsx`));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, component(index));
  }
  const began = performance.now();
  const { stdout } = await burgee("refs");
  const seconds = (performance.now() - began) / 1000;
  expect(stdout).toMatch(/\n5,000 references in 5,000 files\.\n$/);
  console.info({ files: 5000, seconds });
  expect(seconds).toBeLessThan(10);
});
