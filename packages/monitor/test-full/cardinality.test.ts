import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { createFlags, defineFlags, type Flags } from "@burgee/core";
import { carryScope, settleOnClose } from "@burgee/core/node";
import { createMonitor } from "@burgee/monitor";
import { memoryStore } from "@burgee/stores/memory";
import { expect, onTestFinished, test } from "vitest";
import { newCheckout } from "../test/counted.js";
import { heapUsed } from "../test/heap.js";
import { parseOpenMetrics } from "../test/open-metrics.js";

test("a million requests of ever new paths, users and errors leave the memory flat", async () => {
  const definitions = defineFlags({ "new-checkout": { default: false } });
  const source = memoryStore({ flags: newCheckout(50) });
  const flags = createFlags(definitions, { source });
  const monitor = createMonitor(flags, { traceId: () => `trace-${served}` });
  let served = 0;
  const server = createServer((request, response) => {
    served++;
    const scope = flags.scope({ targetingKey: request.headers["x-user"], path: request.url });
    carryScope(request, scope as unknown as ReturnType<Flags["scope"]>);
    settleOnClose(request, response);
    const isOn = scope.get("new-checkout");
    const error = new Error(`${request.url} of ${request.headers["x-user"]}`);
    error.name = served % 2 === 0 ? `Order${served}` : error.message;
    if (isOn) scope.fail(error);
    response.statusCode = isOn ? 500 : 200;
    response.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;

  /** Requests on a connection of their own, a hundred at a time. */
  async function ask(first: number, count: number): Promise<void> {
    const socket = connect(port, "127.0.0.1").setEncoding("latin1");
    for (let asked = 0; asked < count; asked += 100) {
      const batch = Array.from({ length: 100 }, (_, index) => first + asked + index);
      socket.write(
        batch.map((id) => `GET /${id} HTTP/1.1\r\nhost: a\r\nx-user: user-${id}\r\n\r\n`).join(""),
      );
      for (let answers = 0; answers < 100; ) {
        const [text] = (await once(socket, "data")) as [string];
        answers += text.split("HTTP/1.1 ").length - 1;
      }
    }
    socket.destroy();
  }
  let asked = 0;
  async function rounds(count: number): Promise<number> {
    const each = count / 10;
    await Promise.all(Array.from({ length: 10 }, (_, index) => ask(asked + index * each, each)));
    asked += count;
    return heapUsed();
  }

  const warm = await rounds(100_000);
  const length = monitor.prometheus().length;
  const after = await rounds(1_000_000);
  expect((after - warm) / 1_000_000).toBeLessThan(2); // bytes a request: a scope alone has hundreds
  expect(served).toBe(1_100_000);
  const text = monitor.prometheus();
  expect(text.length).toBeLessThan(1.1 * length);
  const [, exposures] = parseOpenMetrics(text);
  expect(exposures?.samples.reduce((sum, { value }) => sum + value, 0)).toBe(served);
  expect(text).not.toMatch(/user-|\/\d/);
}, 900_000);
