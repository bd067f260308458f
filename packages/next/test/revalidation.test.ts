import { createServer } from "node:http";
import { memoryStore } from "@burgee/stores/memory";
import { expect, onTestFinished, test, vi } from "vitest";
import { createRevalidation, type Revalidation } from "../src/revalidation.js";
import { freePort } from "./free-port.js";
import { flagSet, shopFlags } from "./shop.js";

/** A site that answers the process's own requests as the route does; the tags it was asked to renew. */
function openSite(revalidation: () => Revalidation, status = 204) {
  const renewed: (readonly string[] | undefined)[] = [];
  const answer = { after: Promise.resolve() };
  const server = createServer(async (incoming, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const headers = { "burgee-revalidation": String(incoming.headers["burgee-revalidation"]) };
    const body = Buffer.concat(chunks);
    const request = new Request("http://localhost/", { method: "POST", headers, body });
    renewed.push(await revalidation().tagsIn(request));
    await answer.after;
    response.writeHead(status).end();
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { renewed, answer, listen: (port: number) => server.listen(port, "127.0.0.1") };
}

async function start(status?: number) {
  const store = memoryStore(flagSet());
  const flags = shopFlags(store);
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const revalidation = createRevalidation("shop", flags, { path: "/flags", origin });
  onTestFinished(() => {
    revalidation.close();
    flags.close();
  });
  const site = openSite(() => revalidation, status);
  return { ...site, store, revalidation, listen: () => site.listen(port) };
}

const all = ["burgee/shop/search-ranking", "burgee/shop/new-checkout", "burgee/shop/banner"];

test("at the start all flags are renewed, as soon as the server listens, and then those that change", async () => {
  const { store, revalidation, renewed, listen } = await start();
  await revalidation.start();
  listen();
  await vi.waitFor(() => expect(renewed).toEqual([all]), { timeout: 5000 });
  const { id } = await store.read();
  await store.commit({
    expected: id,
    flags: { put: { banner: flagSet("sale").flags["banner"] as never } },
    actor: "test",
    reason: "a sale",
    kind: "release",
  });
  await vi.waitFor(() => expect(renewed).toEqual([all, ["burgee/shop/banner"]]));
});

test("a flip while a renewal is on its way is renewed after it, also once an attempt has failed", async () => {
  const { store, revalidation, renewed, listen, answer } = await start();
  let letGo = () => {};
  answer.after = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await revalidation.start(); // nobody listens yet
  listen();
  await vi.waitFor(() => expect(renewed).toEqual([all]), { timeout: 5000 });
  await store.commit({
    expected: (await store.read()).id,
    flags: { put: { banner: flagSet("sale").flags["banner"] as never } },
    actor: "test",
    reason: "a sale",
    kind: "release",
  });
  letGo();
  await vi.waitFor(() => expect(renewed).toEqual([all, ["burgee/shop/banner"]]));
});

test("where no route is mounted, that is said", async () => {
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  onTestFinished(() => warn.mockRestore());
  const { revalidation, listen } = await start(404);
  listen();
  await revalidation.start();
  await vi.waitFor(() => expect(warn).toHaveBeenCalledOnce());
  expect(warn.mock.calls[0]?.[0]).toMatch(/answered 404\. Mount/);
});

test("a request of anybody else renews nothing", async () => {
  const { revalidation } = await start();
  for (const token of ["", "x", "a".repeat(72), "é".repeat(72)]) {
    const headers = { "burgee-revalidation": token };
    const request = new Request("http://localhost/", { method: "POST", headers, body: "[]" });
    expect(await revalidation.tagsIn(request)).toBeUndefined();
  }
});
