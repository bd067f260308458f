// The application's flags.
export type { FlagsPlace } from "./contents.js";
export {
  FlagsModule,
  type FlagsModuleAsyncOptions,
  type FlagsModuleOptions,
} from "./flags-module.js";
export type {
  FlagsInput,
  FlagsRequest,
  FlagsSetupOptions,
  RpcInput,
  WsInput,
} from "./setup.js";

// Reading them.
export { FlagValue, type FlagValueOptions } from "./flag-value.js";
export { FlagsService } from "./flags-service.js";
export { InjectFlags, InjectFlagsService } from "./inject-flags.js";
export { provideByVariant } from "./provide-by-variant.js";
export { flagsServiceToken, flagsToken, flagsWrapperToken } from "./tokens.js";

// Handlers behind flags.
export type { Refusal } from "./refusal.js";
export { RequireFlag } from "./require-flag.js";
export {
  type RequireFlagArguments,
  RequireFlagGuard,
  type RequireFlagOptions,
} from "./require-flag-guard.js";

// Where Nest cannot find them by itself.
export { FlagsApolloPlugin } from "./apollo-plugin.js";
export { openBeforeGuards } from "./pre-request-hook.js";
export { FlagScopeGuard } from "./scope-guard.js";
export { FlagScopeInterceptor } from "./scope-interceptor.js";
