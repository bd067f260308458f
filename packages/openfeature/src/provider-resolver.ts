import type { EvaluationErrorCode, FlagResolver, Reason, Resolution } from "@burgee/core";
import {
  DefaultLogger,
  type EvaluationContext,
  type EventDetails,
  NOOP_PROVIDER,
  OpenFeature,
  type Provider,
  ProviderEvents,
  ProviderStatus,
  type ResolutionDetails,
} from "@openfeature/server-sdk";
import { evaluate } from "./evaluate.js";

/**
 * An OpenFeature provider as what resolves flags. It is bound to a domain of its own, so that
 * OpenFeature initializes it unless it has it already, and closes it once nobody has it.
 */
export function providerResolver(provider: Provider): FlagResolver {
  const logger = new DefaultLogger();
  const { name } = provider.metadata;
  let changes = 0;

  return {
    follow(sink) {
      const next = (keys?: readonly string[]) => sink.next(`${name}:${++changes}`, keys);
      const fail = (what: string) => (details?: EventDetails) =>
        sink.problem(new Error(details?.message ?? `${name} ${what}`));
      const become = () => (changes === 0 ? next() : sink.current());
      const handlers = [
        [ProviderEvents.Ready, become],
        [ProviderEvents.Stale, fail("says that it is stale")],
        [ProviderEvents.Error, fail("says that it is in error")],
        [
          ProviderEvents.ConfigurationChanged,
          (details?: EventDetails<ProviderEvents.ConfigurationChanged>) => {
            next(details?.flagsChanged);
          },
        ],
      ] as const;

      const domain = `burgee-${crypto.randomUUID()}`;
      const known = initialization(provider);
      const bound = OpenFeature.setProviderAndWait(domain, provider);
      Promise.all([bound, known]).then(become, (error) => sink.problem(error));
      for (const [event, handler] of handlers) provider.events?.addHandler(event, handler);
      return () => {
        for (const [event, handler] of handlers) provider.events?.removeHandler(event, handler);
        OpenFeature.setProvider(domain, NOOP_PROVIDER);
      };
    },
    async resolve(flag, { variants, default: safe }, context) {
      try {
        const who = context as EvaluationContext;
        return resolutionOf(await evaluate(provider, flag, variants[safe], who, logger));
      } catch (error) {
        return failure((error as { readonly code?: unknown } | undefined)?.code, error);
      }
    },
  };
}

/** What is waited for where OpenFeature is initializing a provider already: it says so of its default. */
function initialization(provider: Provider): Promise<unknown> | undefined {
  const client = OpenFeature.getClient();
  if (OpenFeature.getProvider() !== provider) return undefined;
  if (client.providerStatus !== ProviderStatus.NOT_READY) return undefined;
  const done = new AbortController();
  const { signal } = done;
  return new Promise((resolve, reject) => {
    client.addHandler(ProviderEvents.Ready, resolve, { signal });
    client.addHandler(ProviderEvents.Error, (error) => reject(new Error(error?.message)), {
      signal,
    });
  }).finally(() => done.abort());
}

function resolutionOf(details: ResolutionDetails<unknown>): Resolution {
  const { value, variant, reason, errorCode, errorMessage, flagMetadata } = details;
  if (errorCode !== undefined) return failure(errorCode, errorMessage);
  const name = typeof variant === "string" ? variant : undefined;
  return { value, variant: name, reason: known(reason, REASONS) ?? "UNKNOWN", flagMetadata };
}

/**
 * What a provider says that failed. Its words may quote the context, so that only those of a general
 * failure are kept: they are not told to telemetry.
 */
function failure(code: unknown, cause: unknown): Resolution {
  const errorCode = known(code, ERROR_CODES) ?? "GENERAL";
  const text = cause instanceof Error ? cause.message : String(cause ?? "");
  const errorMessage =
    errorCode === "GENERAL" ? `its provider failed: ${text}` : `its provider says ${errorCode}`;
  return { value: undefined, reason: "ERROR", errorCode, errorMessage };
}

function known<Name extends string>(name: unknown, names: readonly Name[]): Name | undefined {
  return names.find((one) => one === name);
}

const ERROR_CODES: readonly EvaluationErrorCode[] = [
  "FLAG_NOT_FOUND",
  "PARSE_ERROR",
  "TYPE_MISMATCH",
  "PROVIDER_NOT_READY",
];

const REASONS: readonly Reason[] = [
  "STATIC",
  "TARGETING_MATCH",
  "DEFAULT",
  "DISABLED",
  "SPLIT",
  "CACHED",
  "STALE",
];
