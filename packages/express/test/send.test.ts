import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { send } from "../src/send.js";
import { serve, versions } from "./shop.js";

describe.each(versions)("%s", (_version, express) => {
  /** A server of a body without an end, and of how much of it was asked for. */
  async function open() {
    let pulled = 0;
    let cancelled = (): void => {};
    const gone = new Promise<void>((resolve) => {
      cancelled = resolve;
    });
    const chunk = new Uint8Array(65_536);
    const endless = () =>
      new ReadableStream<Uint8Array>({
        pull(controller) {
          pulled++;
          controller.enqueue(chunk);
        },
        cancel: () => cancelled(),
      });
    const app = express();
    app.get("/endless", (_request, response) => void send(new Response(endless()), response));
    app.get("/late", async (_request, response) => {
      await once(response, "close");
      await send(new Response(endless()), response);
    });
    app.get("/broken", (_request, response) => {
      const broken = new ReadableStream({ pull: () => Promise.reject(new Error("no more")) });
      void send(new Response(broken), response);
    });
    app.get("/pulled", (_request, response) => void response.send(String(pulled)));
    const url = await serve(app);
    const countOf = async () => Number(await (await fetch(`${url}/pulled`)).text());
    /** A browser that asks, and reads nothing. */
    const ask = async (path: string) => {
      const socket = connect(Number(new URL(url).port), "127.0.0.1").pause();
      onTestFinished(() => void socket.destroy());
      await once(socket, "connect");
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      return socket;
    };
    return { url, countOf, ask, gone };
  }

  test("who does not read is sent no more, and others are served", async () => {
    const { countOf, ask, gone } = await open();
    const socket = await ask("/endless");
    await vi.waitFor(async () => {
      const before = await countOf();
      expect(before).toBeGreaterThan(0);
      expect(await countOf()).toBe(before);
    });
    socket.destroy();
    await gone;
  });

  test("a body for who has gone already is given up", async () => {
    const { ask, gone } = await open();
    const socket = await ask("/late");
    socket.destroy();
    await gone;
  });

  test("a body that breaks off breaks the answer off, so that it is not taken for whole", async () => {
    const { url } = await open();
    await expect(fetch(`${url}/broken`).then((response) => response.text())).rejects.toThrow();
  });
});
