import { spawn } from "node:child_process";
import { once } from "node:events";

test("the built application runs in Node, and ends when it is told to", async () => {
  const app = spawn(process.execPath, ["dist/main.js"], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(app, "exit");
  const [line] = await once(app.stdout, "data");
  const checkout = (plan: string) =>
    fetch(`${String(line).trim()}/checkout`, { method: "POST", headers: { "x-plan": plan } });

  expect((await checkout("free")).status).toBe(404);
  expect(await (await checkout("pro")).json()).toEqual({ order: 1, ranking: "hybrid" });

  app.kill("SIGTERM");
  expect(await ended).toEqual([null, "SIGTERM"]);
});
