import type { FlagSource } from "@burgee/core";
import { type Memory, type Polling, poll } from "./http/poll.js";
import { type HttpSourceOptions, settingsOf } from "./http/settings.js";
import { createSubscribers } from "./subscribers.js";

export type { GivenHeaders, HttpSourceOptions } from "./http/settings.js";

/**
 * A flag set at a URL, read every half minute, and at once where the server has an event stream. What
 * is unchanged is not sent again, if the server gives it an ETag. After a failure it waits for twice
 * as long each time, up to the interval or half a minute, and for as long as a `Retry-After` asks.
 * A document that is too large or invalid is a problem, and the last good revision stays.
 *
 * Headers and the token are sent to the URL's origin alone: a redirect to another is a problem then.
 * Between two readings nothing keeps the process running, an open event stream included.
 *
 * @throws BurgeeError `INVALID_OPTIONS`
 *
 * @example
 * ```ts
 * import { createFlags, defineFlags } from "@burgee/core";
 * import { httpSource } from "@burgee/stores/http";
 *
 * const definitions = defineFlags({ "new-checkout": { default: false } });
 * const source = httpSource("https://flags.example.com/shop.json", {
 *   token: () => process.env["FLAGS_TOKEN"] ?? "",
 *   interval: "10s",
 * });
 * const flags = createFlags(definitions, { source });
 * ```
 */
export function httpSource(
  url: string | URL,
  options: HttpSourceOptions = {},
): FlagSource & Required<Pick<FlagSource, "refresh">> {
  const settings = settingsOf(url, options);
  const memory: Memory = {
    held: undefined,
    about: { etag: undefined, events: undefined },
    fault: undefined,
  };
  let polling: Polling | undefined;
  const subscribers = createSubscribers({
    start() {
      polling = poll(settings, memory, subscribers);
    },
    stop() {
      polling?.stop();
      polling = undefined;
    },
  });
  return { subscribe: subscribers.subscribe, refresh: async () => polling?.refresh() };
}
