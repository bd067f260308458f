import type { IncomingMessage } from "node:http";
import type { FlagScope } from "@burgee/core";
import { scopeOn } from "@burgee/core/node";
import type { HttpAdapterHost } from "@nestjs/core";
import { rawRequest, seatOf } from "./carrier.js";
import { enter } from "./current-scope.js";
import { openRequest } from "./open.js";
import type { Setup } from "./setup.js";

type Next = (error?: unknown) => void;

type Handler = (request: object, response: object, next: Next) => void;

/** What is used of Fastify. */
interface FastifyHooks {
  addHook(name: "onRequest", hook: Handler): unknown;
}

/**
 * Gives each HTTP request of an application its scope. Fastify has its own requests from its hooks on
 * only: those are what guards write a user to.
 */
export function mountOn(adapter: HttpAdapterHost["httpAdapter"], setup: Setup): void {
  const open = opening(setup);
  if (adapter.getType() !== "fastify") adapter.use(open);
  else (adapter.getInstance() as FastifyHooks).addHook("onRequest", open);
}

function opening(setup: Setup): Handler {
  return (request, response, next) => {
    const raw = rawRequest(request);
    if (isUpgrade(raw) || scopeOn(seatOf(raw, setup.name)) !== undefined) return next();
    const go = (scope: FlagScope) => enter(setup.name, scope, next);
    const opened = openRequest(setup, request, response);
    if (opened instanceof Promise) opened.then(go).catch(next);
    else go(opened);
  };
}

/** A WebSocket's connection is no unit of work: each of its messages is. */
function isUpgrade(request: IncomingMessage & { readonly upgrade?: boolean }): boolean {
  return request.upgrade === true;
}
