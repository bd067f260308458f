import { BurgeeError, type FlagKey, type FlagScope, type GateVariants } from "@burgee/core";
import type { CanActivate, ExecutionContext } from "@nestjs/common";
import { endsWithCall, scopeIn } from "./carrier.js";
import { exceptionFor, isFailure, type Refusal } from "./refusal.js";
import { DEFAULT_NAME } from "./tokens.js";

/** Options of `@RequireFlag`. */
export type RequireFlagOptions<Key extends FlagKey> = GateVariants<Key> & {
  /**
   * What answers while the gate is closed: a status, or a function that makes the exception, called
   * each time. A status becomes an `HttpException`, an `RpcException`, a `WsException`, or a GraphQL
   * error with `extensions.code`.
   *
   * @default 404
   */
  readonly otherwise?: Refusal;
  /**
   * What answers where the flag could not be known: before the first revision, with a rule that fails,
   * for a key that is not defined.
   *
   * @default the gate goes by the flag's safe default, as every read does
   */
  readonly onUnknown?: Refusal;
  /** The `name` given to `FlagsModule.forRoot`. `@default "default"` */
  readonly name?: string;
};

/** A flag that is not on/off has to say which variants open its gate. */
export type RequireFlagArguments<Key extends FlagKey> =
  Record<never, never> extends GateVariants<Key>
    ? [options?: RequireFlagOptions<Key>]
    : [options: RequireFlagOptions<Key>];

/**
 * The guard behind `@RequireFlag`: for `useGlobalGuards`, or beside other guards in one `@UseGuards`.
 *
 * @example
 * ```ts
 * import { RequireFlagGuard } from "@burgee/nestjs";
 * import type { INestApplication } from "@nestjs/common";
 *
 * export function closeBeta(app: INestApplication): void {
 *   app.useGlobalGuards(new RequireFlagGuard("beta", { otherwise: 403 }));
 * }
 * ```
 */
export class RequireFlagGuard<Key extends FlagKey> implements CanActivate {
  readonly #key: Key;
  readonly #options: RequireFlagOptions<Key>;

  constructor(key: Key, ...[options]: RequireFlagArguments<Key>) {
    this.#key = key;
    this.#options = (options ?? {}) as RequireFlagOptions<Key>;
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const { is, otherwise = 404, onUnknown, name = DEFAULT_NAME } = this.#options;
    const scope = scopeIn(context, name);
    if (scope === undefined) {
      const what = `@RequireFlag(${JSON.stringify(this.#key)}) found no flags named ${name}.`;
      throw new BurgeeError("NO_SCOPE", what, { flag: this.#key });
    }
    const open = scope.gate(this.#key, is);
    if (onUnknown !== undefined && scope.details(this.#key).reason === "ERROR") {
      return refuse(onUnknown, context, name, scope);
    }
    return open || refuse(otherwise, context, name, scope);
  }
}

/** A message that is refused reaches no interceptor: its scope ends here. */
async function refuse(
  refusal: Refusal,
  context: ExecutionContext,
  name: string,
  scope: FlagScope,
): Promise<never> {
  const exception = await exceptionFor(refusal, context);
  if (endsWithCall(context, name, scope)) {
    if (isFailure(refusal, exception)) scope.fail(exception);
    scope.settle();
  }
  throw exception;
}
