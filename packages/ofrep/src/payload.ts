import type { Definitions, EvaluationDetails } from "@burgee/core";
import { answerOf, type FlagAnswer } from "./answer.js";

/** The flags' values, as the server answers them or as a page was rendered with them. */
export interface FlagPayload {
  readonly flags: readonly FlagAnswer[];
  /** Where the server tells of changes. */
  readonly eventStreams?: readonly { readonly endpoint: { readonly requestUri: string } }[];
  /** What an error report goes with, so that the server knows which variants it had served. */
  readonly receipt?: string;
}

/** Flags, whatever their definitions. */
interface AnyFlags {
  readonly client: Definitions;
}

/** A scope, whatever its definitions. */
export interface AnyScope {
  peek(key: never): EvaluationDetails;
}

/**
 * The client flags' values in a scope, for a page that is rendered in it: the browser begins with
 * what the server has read. It is no exposure. A page that also follows changes, or reports errors,
 * begins with {@link OfrepHandler.payload}.
 *
 * @example
 * ```ts
 * import { createFlags, defineFlags } from "@burgee/core";
 * import { payloadOf, scriptText } from "@burgee/ofrep";
 * import { fileStore } from "@burgee/stores/file";
 *
 * const client = defineFlags({ "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"] } });
 * const flags = createFlags(client, { source: fileStore("flags.json"), client });
 *
 * const payload = payloadOf(flags, flags.scope({ targetingKey: "visitor-1" }));
 * const html = `<script type="application/json" id="flags">${scriptText(payload)}</script>`;
 * ```
 */
export function payloadOf(flags: AnyFlags, scope: AnyScope): FlagPayload {
  const keys = Object.keys(flags.client);
  return { flags: keys.map((key) => answerOf(key, scope.peek(key as never))) };
}

/** A payload as the text of a script element: no value in it can end the element, or the line. */
export function scriptText(payload: FlagPayload): string {
  return JSON.stringify(payload).replaceAll(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
