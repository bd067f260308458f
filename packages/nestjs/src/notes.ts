import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { FlagScope } from "@burgee/core";
import { type ExecutionContext, StreamableFile } from "@nestjs/common";
import { endsWithCall } from "./carrier.js";
import { isClientError } from "./client-error.js";
import { isToldByDriver } from "./graphql-outcome.js";

/** Notes on a scope how its handler goes. */
export interface Notes {
  gave(value: unknown): void;
  failed(error: unknown): void;
  done(): void;
  /** Whoever had asked has left; after the end it means nothing. */
  left(): void;
}

/** Notes for what runs in an execution context. */
export function notesOn(context: ExecutionContext, name: string, scope: FlagScope): Notes {
  if (context.getType() === "http") return requestNotes(context, scope);
  if (!endsWithCall(context, name, scope)) return resolverNotes(scope);
  scope.watch(); // from here on it ends, unless the handler hangs
  return callNotes(scope);
}

/** A request's scope settles with its response, whose status decides what an error was. */
function requestNotes(context: ExecutionContext, scope: FlagScope): Notes {
  const response = context.switchToHttp().getResponse<{ readonly raw?: ServerResponse }>();
  const outgoing = response.raw ?? (response as ServerResponse);
  const failed = (error: unknown): void => {
    if (outgoing.headersSent) return scope.fail(error);
    outgoing.prependOnceListener("close", () => {
      if (outgoing.statusCode >= 500) scope.fail(error);
    });
  };
  return {
    gave(value) {
      const stream = value instanceof StreamableFile ? value.getStream() : value;
      if (stream instanceof Readable) stream.once("error", failed);
    },
    failed,
    done() {},
    left() {},
  };
}

/** A message's scope, and that of a subscription's start, settle with the handler. */
function callNotes(scope: FlagScope): Notes {
  return {
    gave() {},
    failed(error) {
      if (!isClientError(error)) scope.fail(error);
      scope.settle();
    },
    done: () => scope.settle(),
    left: () => scope.settle({ aborted: true }),
  };
}

/** An operation's scope settles with its response; what the driver answers is its driver's to tell. */
function resolverNotes(scope: FlagScope): Notes {
  return {
    gave() {},
    failed(error) {
      if (!isToldByDriver(scope) && !isClientError(error)) scope.fail(error);
    },
    done() {},
    left() {},
  };
}
