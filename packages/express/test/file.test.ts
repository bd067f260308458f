import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFlags, type Flags } from "@burgee/core";
import { flagMiddleware } from "@burgee/express";
import { fileStore } from "@burgee/stores/file";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { definitions, onOff, serve, versions } from "./shop.js";

describe.each(versions)("%s", (_version, express) => {
  const written = (variant: "on" | "off") =>
    JSON.stringify({ flags: { "new-checkout": onOff(variant) } });

  /** An application on a flag file, its problems, and the flag's value as the next request has it. */
  async function openOnFile(content: string) {
    const folder = await mkdtemp(join(tmpdir(), "burgee-express-"));
    const path = join(folder, "flags.json");
    await writeFile(path, content);
    const flags = createFlags(definitions, { source: fileStore(path) });
    const problems: string[] = [];
    flags.observe({ problem: ({ message }) => void problems.push(message) });
    onTestFinished(async () => {
      flags.close();
      await rm(folder, { recursive: true });
    });
    const app = express();
    app.use(flagMiddleware(flags));
    app.get("/", (request, response) => void response.json(request.flags.get("new-checkout")));
    app.get("/across-a-flip", async (request, response) => {
      const first = request.flags.get("new-checkout");
      for (let flips = Math.ceil(3 * Math.random()); flips > 0; flips--) await nextChange(flags);
      response.json({ first, same: first === request.flags.get("new-checkout") });
    });
    const url = await serve(app);
    const value = async (): Promise<unknown> => (await fetch(url)).json();
    return { flags, path, problems, url, value };
  }

  function nextChange(flags: Flags): Promise<void> {
    return new Promise((resolve) => {
      const forget = flags.observe({
        changed() {
          forget();
          resolve();
        },
      });
    });
  }

  /** Flips the flag in the file, each time the flip before was seen. */
  function flipForever(flags: Flags, path: string): { end(): Promise<void> } {
    let going = true;
    const flipping = (async () => {
      for (let on = true; going; on = !on) {
        const changed = nextChange(flags);
        await writeFile(path, written(on ? "on" : "off"));
        await changed;
      }
    })();
    return {
      end() {
        going = false;
        return flipping;
      },
    };
  }

  test("a flip in the file is seen by a request within a second", async () => {
    const { flags, path, value } = await openOnFile(written("off"));
    expect(await flags.ready()).toBe(true);
    expect(await value()).toBe(false);
    for (const variant of ["on", "off", "on"] as const) {
      await writeFile(path, written(variant));
      await vi.waitFor(async () => expect(await value()).toBe(variant === "on"), {
        timeout: 1000,
        interval: 5,
      });
    }
  });

  test("two reads in one request never differ, whatever the file does meanwhile", async () => {
    const { flags, path, url } = await openOnFile(written("off"));
    await flags.ready();
    const flipping = flipForever(flags, path);
    const answers = await Promise.all(
      Array.from({ length: 200 }, async () => (await fetch(`${url}/across-a-flip`)).json()),
    );
    await flipping.end();
    const seen = new Set(answers.map((answer) => JSON.stringify(answer)));
    expect([...seen].sort()).toEqual(['{"first":false,"same":true}', '{"first":true,"same":true}']);
  });

  test("a file that is garbage at start: the defaults serve, and the problem says what and where", async () => {
    const { flags, path, problems, value } = await openOnFile("garbage");
    expect(await flags.ready({ timeout: 300 })).toBe(false);
    expect(await value()).toBe(false);
    expect(problems).toContainEqual(expect.stringContaining(`${path}:1:1: `));
    await writeFile(path, written("on"));
    await vi.waitFor(async () => expect(await value()).toBe(true), { timeout: 1000 });
  });

  test("a file that becomes garbage: the last good revision stays", async () => {
    const { flags, path, problems, value } = await openOnFile(written("on"));
    await flags.ready();
    await writeFile(path, written("off").slice(0, -9));
    const aboutTheFile = () => problems.filter((problem) => problem.includes(path));
    await vi.waitFor(() => expect(aboutTheFile()).toHaveLength(1), { timeout: 1000 });
    expect(await value()).toBe(true);
  });
});
