import type { FlagScope } from "@burgee/core";
import { carryScope } from "@burgee/core/node";
import { FlagsApolloPlugin } from "@burgee/nestjs";
import { HttpException } from "@nestjs/common";
import { RpcException } from "@nestjs/microservices";
import { WsException } from "@nestjs/websockets";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openShop } from "./shop.js";

/** How an operation settles whose answer has errors. */
async function settledWith(...thrown: readonly unknown[]) {
  const shop = openShop();
  const scope = shop.flags.scope({});
  const contextValue = {};
  carryScope(contextValue, scope as unknown as FlagScope);
  const { willSendResponse } = await new FlagsApolloPlugin().requestDidStart({ contextValue });
  const errors = thrown.map((originalError) => ({ path: ["order"], originalError }));
  await willSendResponse({ contextValue, errors });
  scope.settle();
  return shop.settlements[0]?.outcome.status;
}

test("a status of 400 to 499 makes an error the client's, wherever it is said", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 100, max: 599 }), async (status) => {
      const expected = status >= 400 && status < 500 ? "ok" : "error";
      for (const error of [
        new HttpException("no", status),
        new RpcException({ status }),
        new WsException({ statusCode: status }),
        Object.assign(new Error("no"), { statusCode: status }),
        Object.assign(new Error("no"), { extensions: { http: { status } } }),
      ]) {
        expect(await settledWith(error)).toBe(expected);
      }
    }),
  );
});

test("one error of the server's among the client's makes an operation an error", async () => {
  const clients = new HttpException("no", 404);
  expect(await settledWith(clients, new TypeError("no total"), clients)).toBe("error");
});

test("whatever is thrown is looked at without throwing", async () => {
  await fc.assert(
    fc.asyncProperty(fc.anything(), async (thrown) => {
      expect(await settledWith(thrown)).toBe("error");
    }),
    { examples: [[null], [undefined], ["oh"]] },
  );
  const hostile = Object.defineProperty(new Error("no"), "status", {
    get() {
      throw new Error("no status");
    },
  });
  expect(await settledWith(hostile)).toBe("error");
  expect(await settledWith(new RpcException(hostile))).toBe("error");
  const wrapped: Error & { originalError?: Error } = new Error("round and round");
  wrapped.originalError = wrapped;
  expect(await settledWith(wrapped)).toBe("error");
});
