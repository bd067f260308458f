import { cookieIn } from "@burgee/core/node";

/** What a context function is given: what every place of an application can know of a request. */
export interface RequestFacts {
  readonly headers: Headers;
  /** A cookie's value, its escapes decoded; undefined without one. */
  cookie(name: string): string | undefined;
}

export function factsOf(headers: Headers): RequestFacts {
  return {
    headers,
    cookie(name) {
      const value = cookieIn(headers.get("cookie") ?? undefined, name);
      return value && decoded(value);
    },
  };
}

/** A cookie as it was meant; as it is, where its escapes are broken. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
