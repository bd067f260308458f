import { diag, type Span } from "@opentelemetry/api";
import { type EndingSpan, stampExceptions } from "./exceptions.js";
import { type FlagPreset, MAX_FLAGS, writers } from "./preset.js";

/** Gives the variants of the flags that are on the screen, by flag. */
export type ShownFlags = () => Iterable<readonly [flag: string, variant: string]>;

/** Options of {@link ShownFlagSpanProcessor}. */
export interface ShownFlagSpanProcessorOptions {
  /** How flags are written. `@default "attributes"` */
  readonly preset?: FlagPreset;
}

/**
 * A `SpanProcessor` for browsers, which have no scopes: puts the variants of the flags that are on
 * the screen on every span that starts, and on the exceptions that are recorded on it; 32 at most.
 *
 * @example
 * ```ts
 * import { createOfrepClient } from "@burgee/ofrep/client";
 * import { ShownFlagSpanProcessor } from "@burgee/opentelemetry/web";
 * import { BatchSpanProcessor, ConsoleSpanExporter } from "@opentelemetry/sdk-trace-base";
 * import { WebTracerProvider } from "@opentelemetry/sdk-trace-web";
 *
 * const client = createOfrepClient({ url: "/flags" });
 * client.subscribe(() => {});
 *
 * function* shown(): Iterable<[string, string]> {
 *   const ranking = client.get("search-ranking");
 *   if (ranking?.variant !== undefined) yield [ranking.key, ranking.variant];
 * }
 * const spanProcessors = [
 *   new ShownFlagSpanProcessor(shown),
 *   new BatchSpanProcessor(new ConsoleSpanExporter()),
 * ];
 * new WebTracerProvider({ spanProcessors }).register();
 * ```
 */
export class ShownFlagSpanProcessor {
  readonly #shown: ShownFlags;
  readonly #preset: FlagPreset;

  constructor(shown: ShownFlags, { preset = "attributes" }: ShownFlagSpanProcessorOptions = {}) {
    this.#shown = shown;
    this.#preset = preset;
  }

  onStart(span: Span): void {
    writers[this.#preset].all(span, this.#flags());
  }

  /** An exception has what is on the screen by the end of its span. */
  onEnding(span: EndingSpan): void {
    if (span.events.length > 0) stampExceptions(span, this.#flags(), this.#preset);
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}

  #flags(): ReadonlyMap<string, string> {
    const flags = new Map<string, string>();
    try {
      for (const [flag, variant] of this.#shown()) {
        if (flags.size < MAX_FLAGS) flags.set(flag, variant);
      }
    } catch (error) {
      diag.error("ShownFlagSpanProcessor was not told what is shown", error);
    }
    return flags;
  }
}
