import { BurgeeError, type Duration, millisecondsOf } from "@burgee/core";
import { unavailable } from "./ask.js";
import { fetchOnce } from "./fetch.js";

/** Headers, as they are given. */
export type GivenHeaders = Readonly<Record<string, string>>;

/** Options of `httpSource`. */
export interface HttpSourceOptions {
  /** Headers of every request, or what gives them: credentials, a tenant. `@default` none */
  readonly headers?: GivenHeaders | (() => GivenHeaders | Promise<GivenHeaders>);
  /** A bearer token, or what gives it: asked for each request, so that it can be renewed. `@default` none */
  readonly token?: string | (() => string | Promise<string>);
  /** How often it is read, give or take a tenth. `@default "30s"` */
  readonly interval?: Duration;
  /** How long an answer may take, to its last byte. `@default "10s"` */
  readonly timeout?: Duration;
  /** The largest document that is read, in bytes, unpacked. `@default 10,000,000` */
  readonly maxBytes?: number;
  /**
   * The URL of an event stream of which each event means that there may be a newer document; of the
   * document's own origin. `false`: none, whatever the server offers.
   *
   * @default what the document's header says: `Link: <…>; rel="alternate"; type="text/event-stream"`
   */
  readonly events?: string | false;
  /** What asks, instead of Node's own client: through a proxy, for one. `@default` none */
  readonly fetch?: typeof fetch;
}

/** The options, checked. */
export interface HttpSettings {
  readonly url: URL;
  /** @throws BurgeeError `SOURCE_UNAVAILABLE`, which never quotes them */
  headers(): Promise<Headers>;
  readonly interval: number;
  readonly timeout: number;
  readonly maxBytes: number;
  /** Undefined: what the document's header says. */
  readonly events: URL | false | undefined;
  readonly fetch: typeof fetch;
}

/** Ten days in milliseconds: twice that is about as long as a timer can take. */
const LONGEST = 864_000_000;

/** @throws BurgeeError `INVALID_OPTIONS` */
export function settingsOf(given: string | URL, options: HttpSourceOptions): HttpSettings {
  const url = documentUrl(given);
  const { headers = {}, token, events, maxBytes = 10_000_000 } = options;
  if (!(maxBytes > 0)) throw invalid("a number of bytes for maxBytes");
  if (typeof headers !== "function") headersOf(headers, invalid("headers that can be sent"));
  if (typeof token === "string") headersOf({ token }, invalid("a token that can be sent"));
  return {
    url,
    async headers() {
      const all = { ...(typeof headers === "function" ? await headers() : headers) };
      if (token !== undefined) {
        all["authorization"] = `Bearer ${typeof token === "function" ? await token() : token}`;
      }
      return headersOf(all, unavailable(url, "was not asked: its headers cannot be sent"));
    },
    interval: timeOf("interval", options.interval ?? "30s"),
    timeout: timeOf("timeout", options.timeout ?? "10s"),
    maxBytes,
    events: typeof events === "string" ? eventsUrl(events, url) : events,
    fetch: options.fetch ?? fetchOnce,
  };
}

function documentUrl(given: string | URL): URL {
  if (!URL.canParse(String(given))) throw invalid("a URL");
  const url = new URL(given);
  if (!/^https?:$/.test(url.protocol)) throw invalid("a URL of http or https");
  if (url.username !== "" || url.password !== "") {
    throw invalid("a URL without a name and password: give headers or a token");
  }
  return url;
}

function eventsUrl(events: string, document: URL): URL {
  const url = URL.canParse(events, document.href) ? new URL(events, document) : undefined;
  if (url?.origin !== document.origin) throw invalid("a URL of the document's origin for events");
  return url;
}

function timeOf(option: string, duration: Duration): number {
  const time = millisecondsOf(duration);
  if (time === undefined || time === 0) throw invalid(`a time for ${option}`);
  return Math.min(time, LONGEST);
}

/** @throws the fault given: the platform's own would quote a secret */
function headersOf(given: GivenHeaders, fault: BurgeeError): Headers {
  try {
    return new Headers(given);
  } catch {
    throw fault;
  }
}

function invalid(needed: string): BurgeeError {
  return new BurgeeError("INVALID_OPTIONS", `httpSource needs ${needed}.`);
}
