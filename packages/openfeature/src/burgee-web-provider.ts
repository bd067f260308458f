import type { Reason } from "@burgee/core";
import type { FlagAnswer, OfrepClient } from "@burgee/ofrep/client";
import {
  ErrorCode,
  type EvaluationContext,
  type FlagValue,
  GeneralError,
  type JsonValue,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
  type ResolutionDetails,
} from "@openfeature/web-sdk";
import { failed, resolutionOf } from "./resolution-details.js";

/**
 * Burgee's client flags for pages that are written against OpenFeature, over the client that the React
 * hooks use. It is initialized once the values of who is asking are there, and rejects if they cannot be
 * had; then those of before serve, or the callers' defaults, until they can. A flag that is read is an
 * exposure, which the server is told of.
 *
 * @see https://openfeature.dev/specification/glossary#static-context-paradigm
 *
 * @example
 * ```ts
 * import { createOfrepClient } from "@burgee/ofrep/client";
 * import { BurgeeWebProvider } from "@burgee/openfeature/web";
 * import { OpenFeature } from "@openfeature/web-sdk";
 *
 * const client = createOfrepClient({ url: "/flags" });
 * await OpenFeature.setProviderAndWait(new BurgeeWebProvider(client), { targetingKey: "ada" });
 * OpenFeature.getClient().getStringValue("search-ranking", "bm25");
 * ```
 */
export class BurgeeWebProvider implements Provider {
  readonly metadata = { name: "burgee" };
  readonly runsOn = "client";
  readonly events = new OpenFeatureEventEmitter();
  readonly #client: OfrepClient;
  /** What was told of the flags that were read. */
  readonly #read = new Map<string, FlagAnswer | undefined>();
  readonly #stops: (() => void)[] = [];
  /** How many contexts are still asked for. */
  #reconciling = 0;
  #isUnusable = false;
  #isClosed = false;

  constructor(client: OfrepClient) {
    this.#client = client;
  }

  /** @param context empty: the client's own stays */
  async initialize(context: EvaluationContext = {}): Promise<void> {
    this.#isClosed = false;
    await this.#reconcile(async () => {
      if (Object.keys(context).length > 0) await this.#client.identify(context);
      if (this.#client.pending) await this.#client.refresh();
      if (this.#isClosed) return; // another has taken its place meanwhile
      this.#stops.push(this.#client.subscribe(() => this.#look()));
    });
  }

  onContextChange(_old: EvaluationContext, context: EvaluationContext): Promise<void> {
    return this.#reconcile(() => this.#client.identify(context));
  }

  async onClose(): Promise<void> {
    this.#isClosed = true;
    for (const stop of this.#stops.splice(0)) stop();
    this.#read.clear();
  }

  resolveBooleanEvaluation(key: string, defaultValue: boolean): ResolutionDetails<boolean> {
    return this.#resolve(key, defaultValue);
  }

  resolveStringEvaluation(key: string, defaultValue: string): ResolutionDetails<string> {
    return this.#resolve(key, defaultValue);
  }

  resolveNumberEvaluation(key: string, defaultValue: number): ResolutionDetails<number> {
    return this.#resolve(key, defaultValue);
  }

  resolveObjectEvaluation<Value extends JsonValue>(
    key: string,
    defaultValue: Value,
  ): ResolutionDetails<Value> {
    return this.#resolve(key, defaultValue);
  }

  #resolve<Value extends FlagValue>(key: string, defaultValue: Value): ResolutionDetails<Value> {
    const answer = this.#client.get(key);
    if (this.#isOpen && !this.#read.has(key)) this.#note(key, answer);
    if (answer === undefined) {
      return this.#client.pending
        ? failed(defaultValue, ErrorCode.PROVIDER_NOT_READY, "no values have arrived yet")
        : failed(defaultValue, ErrorCode.FLAG_NOT_FOUND, "it is no client flag of the server");
    }
    const { value, variant, reason } = answer;
    const named = variant === undefined ? {} : { variant };
    const details = { value, reason: reason as Reason, flagMetadata: {}, ...named };
    return resolutionOf(details, defaultValue);
  }

  get #isOpen(): boolean {
    return this.#stops.length > 0;
  }

  #note(key: string, answer: FlagAnswer | undefined): void {
    this.#read.set(key, answer);
    this.#stops.push(this.#client.subscribe(() => {}, [key]));
  }

  /** Waits until the values of a context are there. What changes with it is no other change. */
  async #reconcile(ask: () => Promise<void>): Promise<void> {
    this.#reconciling++;
    await ask();
    this.#reconciling--;
    this.#remember();
    this.#isUnusable = this.#client.pending;
    if (this.#isUnusable) throw new GeneralError("The flags' server did not answer.");
  }

  #look(): void {
    if (this.#reconciling > 0) return;
    if (this.#isUnusable && !this.#client.pending) {
      this.#isUnusable = false;
      this.events.emit(ProviderEvents.Ready);
    }
    const flagsChanged = this.#remember();
    if (flagsChanged.length > 0) {
      this.events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged });
    }
  }

  /** Remembers what is served now; the keys of the flags of which it is something else than before. */
  #remember(): string[] {
    const changed: string[] = [];
    for (const [key, before] of this.#read) {
      const answer = this.#client.get(key);
      if (answer === before) continue;
      this.#read.set(key, answer);
      changed.push(key);
    }
    return changed;
  }
}
