import type { IncomingHttpHeaders } from "node:http";
import type { ContextInput, Definitions, Flags } from "@burgee/core";
import { checkRequestOptions, type RequestScopeOptions } from "@burgee/core/node";

/** What requests of Express and of Fastify have in common. */
export interface FlagsRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly ip?: string | undefined;
  /** What an authentication guard has set. */
  readonly user?: unknown;
}

/** What a context function is given of a message of a microservice. */
export interface RpcInput {
  readonly type: "rpc";
  readonly data: unknown;
  /** The transport's context, such as a `TcpContext`. */
  readonly context: unknown;
}

/** What a context function is given of a message to a gateway. */
export interface WsInput {
  readonly type: "ws";
  readonly data: unknown;
  readonly client: unknown;
}

/** What a module is told of an application's flags. */
export interface FlagsSetupOptions<D extends Definitions = Definitions, Input = FlagsRequest>
  extends RequestScopeOptions<Input> {
  /** The flags, as `createFlags` made them. */
  readonly flags: Flags<D>;
  /**
   * Who is asking. A function runs when the request first reads a flag, so after the guards that find
   * the user; one written `async` is awaited before any guard runs. It is given the framework's own
   * request; the same for GraphQL over HTTP; the GraphQL context of a subscription; an
   * {@link RpcInput}; a {@link WsInput}.
   *
   * @default an anonymous context
   */
  readonly context?: ContextInput<Input>;
  /** How long the application waits at boot for the first revision. `@default { timeout: 5000 }` */
  readonly ready?: { readonly timeout?: number };
  /**
   * Whether the flags are closed when the application shuts down.
   *
   * @default true for `forRootAsync`, whose factory made them; false for `forRoot`
   */
  readonly close?: boolean;
}

/** Flags alone, or with what else a module is told of them. */
export type FlagsInput<D extends Definitions = Definitions, Input = FlagsRequest> =
  | Flags<D>
  | FlagsSetupOptions<D, Input>;

/** What a module was given. */
export interface Given {
  readonly flags: Flags;
  readonly options: RequestScopeOptions<unknown>;
  readonly ready: { readonly timeout?: number } | undefined;
  readonly close: boolean;
}

/**
 * What a module was given, as flags alone or with options.
 *
 * @param closes whether flags are closed where options do not say
 * @throws BurgeeError `INVALID_OPTIONS` for names that no cookie or header can have
 */
export function givenIn<D extends Definitions, Input>(
  input: FlagsInput<D, Input>,
  closes: boolean,
): Given {
  const given: FlagsSetupOptions<D, Input> = "flags" in input ? input : { flags: input };
  const { flags, ready, close = closes, ...options } = given;
  checkRequestOptions(options);
  return {
    flags: flags as unknown as Flags,
    options: options as RequestScopeOptions<unknown>,
    ready,
    close,
  };
}

/** How the flags of a name are opened in an application. */
export interface Setup {
  readonly name: string;
  readonly flags: Flags;
  readonly options: RequestScopeOptions<unknown>;
}
