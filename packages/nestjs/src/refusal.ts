import { STATUS_CODES } from "node:http";
import {
  type ExecutionContext,
  HttpException,
  HttpStatus,
  NotFoundException,
} from "@nestjs/common";
import { isClientError } from "./client-error.js";

/** A status, or a function that makes the exception to throw. */
export type Refusal = number | ((context: ExecutionContext) => Error);

/** The exception that refuses what runs in an execution context, in its transport's own terms. */
export async function exceptionFor(refusal: Refusal, context: ExecutionContext): Promise<Error> {
  if (typeof refusal === "function") return refusal(context);
  const text = STATUS_CODES[refusal] ?? "Refused";
  switch (context.getType<string>()) {
    case "http":
      return refusal === HttpStatus.NOT_FOUND
        ? new NotFoundException(noRoute(context))
        : new HttpException({ statusCode: refusal, message: text }, refusal);
    case "rpc": {
      const { RpcException } = await import("@nestjs/microservices");
      return new RpcException(text);
    }
    case "ws": {
      const { WsException } = await import("@nestjs/websockets");
      return new WsException(text);
    }
    default:
      // a text as its response, so that drivers keep the code
      return Object.assign(new HttpException(text, refusal), {
        extensions: { code: HttpStatus[refusal] ?? "REFUSED" },
      });
  }
}

/** A closed route answers in the words of one that does not exist. */
function noRoute(context: ExecutionContext): string {
  const { method, url, originalUrl = url } = context.switchToHttp().getRequest();
  return `Cannot ${method} ${originalUrl}`;
}

/** Whether a refusal says that the server failed. */
export function isFailure(refusal: Refusal, exception: Error): boolean {
  if (typeof refusal === "number") return refusal >= 500;
  return !isClientError(exception) && Number((exception as { status?: unknown }).status) >= 500;
}
