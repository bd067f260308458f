import type { FlagScope } from "@burgee/core";
import type { ExecutionContext, INestApplicationContext } from "@nestjs/common";
import { Observable } from "rxjs";
import { carriedScope } from "./carrier.js";
import { isClientError } from "./client-error.js";
import { enter } from "./current-scope.js";
import { openCall } from "./open.js";
import type { Setup } from "./setup.js";
import { setupToken } from "./tokens.js";

type Hook = (context: ExecutionContext, next: () => Observable<unknown>) => Observable<unknown>;

/** A microservice, which since Nest 12 has hooks before its guards. */
interface Microservice extends Pick<INestApplicationContext, "get"> {
  registerPreRequestHook?(hook: Hook): unknown;
}

/**
 * Opens the scope of a microservice's messages before its guards run: it is the current one in them,
 * and settles also where one of them refuses. Call it before `listen`; below Nest 12 it does nothing.
 *
 * @param options.name the `name` given to `FlagsModule.forRoot`. `@default "default"`
 *
 * @example
 * ```ts
 * import { openBeforeGuards } from "@burgee/nestjs";
 * import { NestFactory } from "@nestjs/core";
 * import { type MicroserviceOptions, Transport } from "@nestjs/microservices";
 *
 * class AppModule {}
 *
 * const microservice = await NestFactory.createMicroservice<MicroserviceOptions>(AppModule, {
 *   transport: Transport.TCP,
 * });
 * openBeforeGuards(microservice);
 * await microservice.listen();
 * ```
 */
export function openBeforeGuards(
  microservice: Microservice,
  { name }: { readonly name?: string } = {},
): void {
  const setup = microservice.get<Setup>(setupToken(name), { strict: false });
  microservice.registerPreRequestHook?.(hookOf(setup));
}

function hookOf(setup: Setup): Hook {
  return (context, next) =>
    new Observable((subscriber) => {
      const opened = carriedScope(context, setup.name) ?? openCall(setup, context);
      const begin = (scope: FlagScope) =>
        enter(setup.name, scope, () =>
          next().subscribe({
            next: (value) => subscriber.next(value),
            error(error: unknown) {
              if (!isRefusal(error)) scope.fail(error);
              scope.settle();
              subscriber.error(error);
            },
            complete() {
              scope.settle();
              subscriber.complete();
            },
          }),
        );
      if (!(opened instanceof Promise)) return begin(opened);
      let left = false;
      opened.then(
        (scope) => left || subscriber.add(begin(scope)),
        (error: unknown) => subscriber.error(error),
      );
      return () => {
        left = true;
      };
    });
}

/** What a guard refuses with: what a handler throws, the interceptor has settled before. */
function isRefusal(error: unknown): boolean {
  return isClientError(error) || (error as { getError?: unknown } | null)?.getError !== undefined;
}
