import type { Definitions } from "@burgee/core";
import type { AnyScope } from "./payload.js";

/** Flags, whatever their definitions. */
export interface ServedFlags {
  readonly client: Definitions;
}

/** What is said to a request, and with which status. */
export interface Answer {
  readonly status: number;
  readonly body: object;
}

/** Those who ask, and what they are told. */
export interface Audience {
  /** Whether a change of that flag is their business. */
  readonly concerns: (key: string) => boolean;
  /** Whether they report what they have shown, and what failed. */
  readonly reports: boolean;
  /** What they are told of one flag. */
  readonly one: (scope: AnyScope, key: string) => Answer;
  /** What they are told of all flags. */
  readonly all: (scope: AnyScope) => Answer;
}

/** A flag of which there is nothing to say: whether there is one, or not. */
export function notFound(key: string): Answer {
  return {
    status: 404,
    body: { key, errorCode: "FLAG_NOT_FOUND", errorDetails: "There is no such flag." },
  };
}
