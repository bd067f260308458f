import type { IncomingMessage, ServerResponse } from "node:http";
import type { Definitions, FlagScope } from "@burgee/core";

type AnyScope = FlagScope<Definitions>;

/** Node's request and response. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** One request, whichever parts of Next take part in it: the scopes that were opened for it, by name. */
export class RequestRecord {
  /** Where the request is Node's, and was seen as it came in. */
  readonly exchange: Exchange | undefined;
  #scopes: Map<string, AnyScope | Promise<AnyScope>> | undefined;

  constructor(exchange?: Exchange) {
    this.exchange = exchange;
  }

  /** The scope of a name, opened by whoever asks first. */
  scope(name: string, open: () => AnyScope | Promise<AnyScope>): AnyScope | Promise<AnyScope> {
    this.#scopes ??= new Map();
    const scopes = this.#scopes;
    const known = scopes.get(name);
    if (known !== undefined) return known;
    const opened = open();
    scopes.set(name, opened);
    if (opened instanceof Promise) {
      return opened.then((scope) => {
        scopes.set(name, scope);
        return scope;
      });
    }
    return opened;
  }

  /** The scope of a name, if it is open now. */
  opened(name: string): AnyScope | undefined {
    const known = this.#scopes?.get(name);
    return known instanceof Promise ? undefined : known;
  }

  /** Notes an error against what the request has read. */
  fail(error: unknown): void {
    for (const scope of this.#opened()) scope.fail(error);
  }

  /** Ends what nothing else ends: a request without an exchange. */
  settle(): void {
    for (const scope of this.#opened()) scope.settle();
  }

  #opened(): AnyScope[] {
    const scopes = [...(this.#scopes?.values() ?? [])];
    return scopes.filter((scope): scope is AnyScope => !(scope instanceof Promise));
  }
}
