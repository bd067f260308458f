import { type CanActivate, type ExecutionContext, Inject, Injectable } from "@nestjs/common";
import { carriedScope } from "./carrier.js";
import { openCall } from "./open.js";
import type { Setup } from "./setup.js";
import { setupToken } from "./tokens.js";

/**
 * Opens the scope of a message, a GraphQL subscription, and of any request that has none; it lets
 * everything pass. The module registers it for the whole application. Gateways of Nest 10 and 11 know
 * no global guards: there it goes first on the gateway, with its interceptor.
 *
 * @example
 * ```ts
 * import { FlagScopeGuard, FlagScopeInterceptor, RequireFlag } from "@burgee/nestjs";
 * import { UseGuards, UseInterceptors } from "@nestjs/common";
 * import { SubscribeMessage, WebSocketGateway } from "@nestjs/websockets";
 *
 * @UseGuards(FlagScopeGuard)
 * @UseInterceptors(FlagScopeInterceptor)
 * @WebSocketGateway()
 * export class Chat {
 *   @RequireFlag("new-chat")
 *   @SubscribeMessage("say")
 *   say() {
 *     return { event: "said", data: "hello" };
 *   }
 * }
 * ```
 */
@Injectable()
export class FlagScopeGuard implements CanActivate {
  readonly #setup: Setup;

  constructor(@Inject(setupToken()) setup: Setup) {
    this.#setup = setup;
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (carriedScope(context, this.#setup.name) !== undefined) return true;
    const opened = openCall(this.#setup, context);
    return opened instanceof Promise ? opened.then(() => true) : true;
  }
}
