/**
 * Where a server tells changes of a document, by the document's own `Link` header:
 * `</flags/events>; rel="alternate"; type="text/event-stream"`. Of another origin it is not heeded.
 */
export function eventsOf(link: string | null, document: URL): URL | undefined {
  for (const part of link?.split(/,\s*(?=<)/) ?? []) {
    const [, target, parameters = ""] = /^\s*<([^>]*)>(.*)$/.exec(part) ?? [];
    const offered =
      /;\s*rel="?[^";]*\balternate\b/i.test(parameters) &&
      /;\s*type="?text\/event-stream\b/i.test(parameters);
    if (target === undefined || !offered || !URL.canParse(target, document.href)) continue;
    const events = new URL(target, document);
    if (events.origin === document.origin) return events;
  }
  return undefined;
}
