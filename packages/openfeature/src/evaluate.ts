import type { JsonValue } from "@burgee/core";
import {
  type EvaluationContext,
  type FlagValue,
  type FlagValueType,
  type Hook,
  type HookContext,
  type Logger,
  MapHookData,
  type Provider,
  type ResolutionDetails,
} from "@openfeature/server-sdk";

/**
 * Asks a provider for a flag, between its own hooks: one may add to the context before. None can change
 * what is served, or delay it afterwards; what one throws is logged.
 *
 * @throws what the provider throws
 */
export async function evaluate(
  provider: Provider,
  flag: string,
  defaultValue: JsonValue | undefined,
  given: EvaluationContext,
  logger: Logger,
): Promise<ResolutionDetails<FlagValue>> {
  const { hooks = [], metadata } = provider;
  const fallback = defaultValue as FlagValue;
  if (hooks.length === 0) return resolve(provider, flag, fallback, given, logger);

  const context = { ...given };
  const each = hooks.map((hook) => ({
    hook,
    about: {
      flagKey: flag,
      defaultValue: fallback,
      flagValueType: typeof fallback as FlagValueType,
      context,
      clientMetadata: { providerMetadata: metadata, sdk: "js-server", paradigm: "server" },
      providerMetadata: metadata,
      logger,
      hookData: new MapHookData(),
    } satisfies HookContext,
  }));
  async function contained(stage: string, call: () => unknown): Promise<unknown> {
    try {
      return await call();
    } catch (error) {
      return logger.error(`A hook of ${metadata.name} failed, ${stage}:`, error);
    }
  }
  function tell(stage: string, call: (hook: Hook, about: HookContext) => unknown): void {
    for (const { hook, about } of [...each].reverse()) contained(stage, () => call(hook, about));
  }

  for (const { hook, about } of each) {
    const more = await contained("before", () => hook.before?.(about));
    Object.assign(context, more);
  }
  try {
    const resolution = await resolve(provider, flag, fallback, context, logger);
    const details = { flagKey: flag, flagMetadata: {}, ...resolution };
    tell("after", (hook, about) => hook.after?.(about, details));
    tell("finally", (hook, about) => hook.finally?.(about, details));
    return resolution;
  } catch (error) {
    const details = { flagKey: flag, flagMetadata: {}, value: fallback, reason: "ERROR" };
    tell("error", (hook, about) => hook.error?.(about, error));
    tell("finally", (hook, about) => hook.finally?.(about, details));
    throw error;
  }
}

function resolve(
  provider: Provider,
  flag: string,
  defaultValue: FlagValue,
  context: EvaluationContext,
  logger: Logger,
): Promise<ResolutionDetails<FlagValue>> {
  switch (typeof defaultValue) {
    case "boolean":
      return provider.resolveBooleanEvaluation(flag, defaultValue, context, logger);
    case "string":
      return provider.resolveStringEvaluation(flag, defaultValue, context, logger);
    case "number":
      return provider.resolveNumberEvaluation(flag, defaultValue, context, logger);
    default:
      return provider.resolveObjectEvaluation(flag, defaultValue, context, logger);
  }
}
