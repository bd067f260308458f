import type { IncomingMessage } from "node:http";
import type { FlagScope } from "@burgee/core";
import { scopeOn } from "@burgee/core/node";
import type { ExecutionContext } from "@nestjs/common";
import { currentOf, currentScopes } from "./current-scope.js";
import { DEFAULT_NAME } from "./tokens.js";

/** Where a carrier keeps a seat for each of the named flags' scopes. */
const SEATS = Symbol.for("burgee.nestjs.seats.v1");

interface Carrier {
  [SEATS]?: Map<string, object>;
}

/**
 * The object that carries the scope of the flags of that name: for unnamed ones the carrier itself, for
 * others one that is like it.
 */
export function seatOf<Unit extends object>(carrier: Unit, name: string): Unit {
  if (name === DEFAULT_NAME) return carrier;
  const { [SEATS]: seats = new Map<string, object>() } = carrier as Carrier;
  const known = seats.get(name);
  if (known !== undefined) return known as Unit;
  const seat: Unit = Object.create(carrier);
  (carrier as Carrier)[SEATS] = seats.set(name, seat);
  return seat;
}

/** Node's own request beneath a framework's. */
export function rawRequest(request: object): IncomingMessage {
  return ((request as { readonly raw?: object }).raw ?? request) as IncomingMessage;
}

/** The request that a GraphQL context was made from, if it says so, as Nest's drivers' contexts do. */
export function graphqlRequest(context: unknown): object | undefined {
  const { req, request, reply } = (context ?? {}) as Record<string, { request?: unknown }>;
  const found = req ?? request ?? reply?.request;
  return typeof found === "object" && found !== null ? found : undefined;
}

/** What may carry the scopes of a GraphQL operation: its request, and its context. */
function graphqlCarriers(context: unknown): readonly object[] {
  const request = graphqlRequest(context);
  return [
    ...(request === undefined ? [] : [rawRequest(request)]),
    ...(typeof context === "object" && context !== null ? [context] : []),
  ];
}

/** The scopes of a GraphQL operation; the current ones, where its context has lost its request. */
export function graphqlScopes(context: unknown): readonly FlagScope[] {
  const carried = graphqlCarriers(context)
    .flatMap((carrier) => [carrier, ...((carrier as Carrier)[SEATS]?.values() ?? [])])
    .flatMap((seat) => scopeOn(seat) ?? []);
  return carried.length > 0 ? carried : currentScopes();
}

/** What may carry the scopes of what runs in an execution context. */
function carriersOf(context: ExecutionContext): readonly object[] {
  switch (context.getType<string>()) {
    case "http":
      return [rawRequest(context.switchToHttp().getRequest())];
    case "graphql":
      return [...graphqlCarriers(context.getArgByIndex(2)), context.getArgs()];
    default:
      return [context.getArgs()]; // of a message; never its client, which sends many
  }
}

/**
 * The scope carried by what runs in an execution context; for a GraphQL operation whose context has
 * lost its request, the current one. Messages have none that they do not carry.
 */
export function carriedScope(context: ExecutionContext, name: string): FlagScope | undefined {
  for (const carrier of carriersOf(context)) {
    const scope = scopeOn(seatOf(carrier, name));
    if (scope !== undefined) return scope;
  }
  return context.getType<string>() === "graphql" ? currentOf(name) : undefined;
}

/**
 * The scope of what runs in an execution context: the one it carries, else the current one. A
 * parameter decorator is given a message's arguments in another array than guards and interceptors.
 */
export function scopeIn(context: ExecutionContext, name: string): FlagScope | undefined {
  return carriedScope(context, name) ?? currentOf(name);
}

/** Whether a scope is carried by the arguments of a call, and so ends with the call. */
export function endsWithCall(context: ExecutionContext, name: string, scope: FlagScope): boolean {
  return context.getType<string>() !== "http" && scopeOn(seatOf(context.getArgs(), name)) === scope;
}
