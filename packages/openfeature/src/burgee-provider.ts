import type { Health, Observer } from "@burgee/core";
import { type ReadableFlags, readAs, track } from "@burgee/core/provider";
import {
  ErrorCode,
  type EvaluationContext,
  type FlagValue,
  GeneralError,
  type JsonValue,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
  ProviderFatalError,
  type ResolutionDetails,
  type TrackingEventDetails,
} from "@openfeature/server-sdk";
import { resolutionOf } from "./resolution-details.js";

/** Flags, whatever their definitions. */
export interface ProvidedFlags extends ReadableFlags {
  readonly health: Health;
  ready(): Promise<boolean>;
  observe(observer: Observer): () => void;
}

/**
 * Burgee's flags for applications that are written against OpenFeature. A read in work that has a scope
 * is that scope's, and counts there; the call's attributes go over the scope's. A flag that is not
 * defined in code is evaluated, too. Whoever has created the Flags closes them.
 *
 * @see https://openfeature.dev/specification/sections/providers
 *
 * @example
 * ```ts
 * import { createFlags, defineFlags } from "@burgee/core";
 * import { BurgeeProvider } from "@burgee/openfeature/server";
 * import { fileStore } from "@burgee/stores/file";
 * import { OpenFeature } from "@openfeature/server-sdk";
 *
 * const definitions = defineFlags({ "new-checkout": { default: false } });
 * const flags = createFlags(definitions, { source: fileStore("flags.json") });
 *
 * await OpenFeature.setProviderAndWait(new BurgeeProvider(flags));
 * await OpenFeature.getClient().getBooleanValue("new-checkout", false, { targetingKey: "ada" });
 * ```
 */
export class BurgeeProvider implements Provider {
  readonly metadata = { name: "burgee" };
  readonly runsOn = "server";
  readonly events = new OpenFeatureEventEmitter();
  readonly #flags: ProvidedFlags;
  #stop: (() => void) | undefined;
  #initializing = false;

  constructor(flags: ProvidedFlags) {
    this.#flags = flags;
  }

  /** Waits for the first revision, for five seconds. */
  async initialize(): Promise<void> {
    this.#stop ??= this.#flags.observe({
      changed: ({ keys }) => {
        if (this.#initializing) return;
        this.events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged: [...keys] });
      },
      health: (health) => {
        if (!this.#initializing) this.#tell(health);
      },
    });
    if (isDead(this.#flags.health)) throw new ProviderFatalError(CLOSED);
    this.#initializing = true;
    const isReady = await this.#flags.ready();
    this.#initializing = false;
    if (!isReady) throw new GeneralError(reasonOf(this.#flags.health));
    // the SDK says that it is ready once this has resolved, whatever was said before
    setTimeout(() => {
      if (this.#stop && this.#flags.health.status !== "ready") this.#tell(this.#flags.health);
    });
  }

  async onClose(): Promise<void> {
    this.#stop?.();
    this.#stop = undefined;
  }

  resolveBooleanEvaluation(key: string, defaultValue: boolean, context: EvaluationContext) {
    return this.#resolve(key, defaultValue, context);
  }

  resolveStringEvaluation(key: string, defaultValue: string, context: EvaluationContext) {
    return this.#resolve(key, defaultValue, context);
  }

  resolveNumberEvaluation(key: string, defaultValue: number, context: EvaluationContext) {
    return this.#resolve(key, defaultValue, context);
  }

  resolveObjectEvaluation<Value extends JsonValue>(
    key: string,
    defaultValue: Value,
    context: EvaluationContext,
  ) {
    return this.#resolve(key, defaultValue, context);
  }

  /** Tells the observers of the Flags, as `tracked`. */
  track(
    name: string,
    context: EvaluationContext,
    { value, ...details }: TrackingEventDetails,
  ): void {
    track(this.#flags, { name, context, details, ...(value !== undefined && { value }) });
  }

  async #resolve<Value extends FlagValue>(
    key: string,
    defaultValue: Value,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<Value>> {
    return resolutionOf(await readAs(this.#flags, key, context), defaultValue);
  }

  #tell(health: Health): void {
    if (health.status === "ready") return this.events.emit(ProviderEvents.Ready);
    const message = reasonOf(health);
    if (isDead(health)) {
      this.events.emit(ProviderEvents.Error, { message, errorCode: ErrorCode.PROVIDER_FATAL });
    } else if (health.revision === undefined) {
      this.events.emit(ProviderEvents.Error, { message });
    } else {
      this.events.emit(ProviderEvents.Stale, { message });
    }
  }
}

const CLOSED = "These Flags are closed.";

/** Whether they have no revision, and will have none. */
function isDead({ status, revision }: Health): boolean {
  return status === "closed" && revision === undefined;
}

function reasonOf({ status, outage }: Health): string {
  if (status === "closed") return CLOSED;
  return outage?.problem.message ?? "No revision of the flag set has arrived.";
}
