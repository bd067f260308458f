import type { Definition } from "./define.js";
import { BurgeeError } from "./errors.js";
import type { Observers } from "./observer.js";
import type { Problems } from "./problems.js";

/** The fewest characters of a secret: no fewer than the bits of a key take. */
const SHORTEST_SECRET = 32;

/** Where Flags keep what signs for them: out of the way of JSON and of `console.log`. */
export const SIGNING = Symbol.for("burgee.signing.v1");

/** What Flags sign and verify by. */
interface SigningFacts {
  /** The first one signs, all verify; none: nothing is signed. A function, so that nothing prints them. */
  readonly secrets: () => readonly string[];
  readonly environment: string;
  readonly definitions: ReadonlyMap<string, Definition>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Whom a browser's report is told. */
  readonly observers: Pick<Observers, "listenTo" | "tell">;
}

/** What `@burgee/core/signed` needs of the Flags it signs and verifies for. */
export interface Signing extends SigningFacts {
  /** Counts an override that was not taken, and tells why, once per revision for each reason. */
  refused(why: string, flag?: string): void;
  readonly refusedCount: number;
}

export function createSigning(facts: SigningFacts, problems: Problems): Signing {
  let refusedCount = 0;
  return {
    ...facts,
    refused(why, flag) {
      refusedCount++;
      problems.once("INVALID_OVERRIDES", `${why} ${flag}`, () => {
        const what = `An override token ${why}.`;
        return new BurgeeError("INVALID_OVERRIDES", what, flag === undefined ? {} : { flag });
      });
    },
    get refusedCount() {
      return refusedCount;
    },
  };
}

/** What signs for Flags; undefined for those of another package's making. */
export function signingOf(flags: object): Signing | undefined {
  return (flags as { readonly [SIGNING]?: Signing })[SIGNING];
}

/**
 * The secrets of an option.
 *
 * @throws BurgeeError `INVALID_SECRET`
 */
export function secretsOf(secret: string | readonly string[]): readonly string[] {
  const secrets = typeof secret === "string" ? [secret] : secret;
  for (const one of secrets as readonly unknown[]) {
    if (typeof one === "string" && one.length >= SHORTEST_SECRET) continue;
    const given = typeof one === "string" ? `${one.length} characters` : `type ${typeof one}`;
    const what = `A secret of ${given} was given: ${SHORTEST_SECRET} characters are the fewest.`;
    throw new BurgeeError("INVALID_SECRET", what);
  }
  return secrets;
}
