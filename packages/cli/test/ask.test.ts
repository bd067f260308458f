import { expect, test } from "vitest";
import { ask } from "../src/ask.js";
import { createOutput } from "../src/output.js";

test("where nobody is there to be asked, --yes is", async () => {
  const output = createOutput({ json: true, color: false });
  await expect(ask(output, "Sure?")).rejects.toMatchObject({ ending: "usage" });
  await ask(output, "Sure?", true);
});
