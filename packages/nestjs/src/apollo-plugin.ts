import { SetMetadata } from "@nestjs/common";
import { type AnsweredError, expectErrors, noteErrors } from "./graphql-outcome.js";

/** What is used of Apollo's request context. */
interface ApolloRequest {
  readonly contextValue: unknown;
  readonly errors?: readonly AnsweredError[] | undefined;
}

/**
 * Notes the errors that Apollo answers an operation with. `@nestjs/apollo` finds it in the module by
 * itself, but for a `GraphQLModule` with `include`, which looks only there: give it to its `plugins`.
 *
 * @example
 * ```ts
 * import { FlagsApolloPlugin } from "@burgee/nestjs";
 * import { ApolloDriver, type ApolloDriverConfig } from "@nestjs/apollo";
 * import { GraphQLModule } from "@nestjs/graphql";
 *
 * class CatsModule {}
 *
 * GraphQLModule.forRoot<ApolloDriverConfig>({
 *   driver: ApolloDriver,
 *   include: [CatsModule],
 *   plugins: [new FlagsApolloPlugin()],
 * });
 * ```
 */
@SetMetadata("graphql:plugin", true) // what `@Plugin()` of `@nestjs/apollo` does, without the package
export class FlagsApolloPlugin {
  async requestDidStart(started: ApolloRequest): Promise<{
    willSendResponse(answered: ApolloRequest): Promise<void>;
  }> {
    expectErrors(started.contextValue);
    return {
      async willSendResponse({ contextValue, errors }) {
        noteErrors(contextValue, errors);
      },
    };
  }
}
