import type { FlagScope } from "@burgee/core";
import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from "@nestjs/common";
import { Observable } from "rxjs";
import { carriedScope } from "./carrier.js";
import { currentOf, enter } from "./current-scope.js";
import { type Notes, notesOn } from "./notes.js";
import { openCall } from "./open.js";
import type { Setup } from "./setup.js";
import { setupToken } from "./tokens.js";

/**
 * Makes the scope the current one of the handler, notes how the handler fails, and ends the scope of
 * what has no response to close. The module registers it for the whole application; see
 * {@link FlagScopeGuard} for the gateways of Nest 10 and 11.
 *
 * @example
 * ```ts
 * import { FlagScopeGuard, FlagScopeInterceptor } from "@burgee/nestjs";
 * import { UseGuards, UseInterceptors } from "@nestjs/common";
 * import { WebSocketGateway } from "@nestjs/websockets";
 *
 * @UseGuards(FlagScopeGuard)
 * @UseInterceptors(FlagScopeInterceptor)
 * @WebSocketGateway()
 * export class Chat {}
 * ```
 */
@Injectable()
export class FlagScopeInterceptor implements NestInterceptor {
  readonly #setup: Setup;

  constructor(@Inject(setupToken()) setup: Setup) {
    this.#setup = setup;
  }

  intercept(
    context: ExecutionContext,
    next: CallHandler,
  ): Observable<unknown> | Promise<Observable<unknown>> {
    const { name } = this.#setup;
    const within = (scope: FlagScope) =>
      inScope(name, scope, notesOn(context, name, scope), () => next.handle());
    const scope = carriedScope(context, name) ?? openCall(this.#setup, context);
    return scope instanceof Promise ? scope.then(within) : within(scope);
  }
}

/** Subscribes to a handler in its scope, and passes on everything, a subscriber's leaving included. */
function inScope(
  name: string,
  scope: FlagScope,
  notes: Notes,
  handle: () => Observable<unknown>,
): Observable<unknown> {
  return new Observable((subscriber) => {
    const subscribe = () =>
      handle().subscribe({
        next(value) {
          notes.gave(value);
          subscriber.next(value);
        },
        error(error: unknown) {
          notes.failed(error);
          subscriber.error(error);
        },
        complete() {
          notes.done();
          subscriber.complete();
        },
      });
    const handled = currentOf(name) === scope ? subscribe() : enter(name, scope, subscribe);
    return () => {
      handled.unsubscribe();
      notes.left();
    };
  });
}
