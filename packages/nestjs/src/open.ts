import type { ServerResponse } from "node:http";
import type { FlagScope } from "@burgee/core";
import { carryScope, openOnRequest } from "@burgee/core/node";
import type { ExecutionContext } from "@nestjs/common";
import { graphqlRequest, rawRequest, seatOf } from "./carrier.js";
import type { RpcInput, Setup, WsInput } from "./setup.js";

type Opened = FlagScope | Promise<FlagScope>;

/** A response of Fastify's over Node's. */
interface Reply {
  readonly raw: ServerResponse;
  header(name: string, value: unknown): unknown;
}

/** Opens the scope of a request, which settles when its response closes. */
export function openRequest(setup: Setup, request: object, response: object): Opened {
  const { name, flags, options } = setup;
  const seat = seatOf(rawRequest(request), name);
  const outgoing = "raw" in response ? (response as Reply).raw : (response as ServerResponse);
  return afterwards(openOnRequest(flags, options, seat, outgoing, request), () => {
    if ("raw" in response) passCookies(response as Reply);
  });
}

/** Fastify answers with its own headers, which would replace Node's of the same name. */
function passCookies(reply: Reply): void {
  const cookies = reply.raw.getHeader("set-cookie");
  if (cookies === undefined) return;
  reply.raw.removeHeader("set-cookie");
  reply.header("set-cookie", cookies);
}

/** Opens the scope of what runs in an execution context, which carries none. */
export function openCall(setup: Setup, call: ExecutionContext): Opened {
  if (call.getType() === "http") {
    const http = call.switchToHttp();
    return openRequest(setup, http.getRequest(), http.getResponse());
  }
  const { name, flags, options } = setup;
  const opened = flags.open(options.context ?? {}, { input: inputOf(call) });
  return afterwards(opened, (scope) => carryScope(seatOf(call.getArgs(), name), scope));
}

/** What the context function is given of what is no HTTP request. */
function inputOf(call: ExecutionContext): unknown {
  switch (call.getType<string>()) {
    case "rpc": {
      const rpc = call.switchToRpc();
      return { type: "rpc", data: rpc.getData(), context: rpc.getContext() } satisfies RpcInput;
    }
    case "ws": {
      const ws = call.switchToWs();
      return { type: "ws", data: ws.getData(), client: ws.getClient() } satisfies WsInput;
    }
    default: {
      const context = call.getArgByIndex(2);
      return graphqlRequest(context) ?? context;
    }
  }
}

function afterwards(opened: Opened, act: (scope: FlagScope) => void): Opened {
  const acted = (scope: FlagScope): FlagScope => {
    act(scope);
    return scope;
  };
  return opened instanceof Promise ? opened.then(acted) : acted(opened);
}
