import type { EvaluationDetails } from "./details.js";
import type { Exposure } from "./observer.js";

/** What a scope keeps of a flag it has read, out of the observers' reach. */
export interface Read {
  readonly flag: string;
  readonly details: EvaluationDetails;
  readonly exposure: { -readonly [Field in keyof Exposure]: Exposure[Field] };
}

/** Up to how many reads are looked through one by one: most requests make a few. */
const FEW = 8;

/** The reads of one scope, by the flag's key. */
export class Reads {
  readonly #first: Read[] = [];
  #byKey: Map<string, Read> | undefined;

  get isEmpty(): boolean {
    return this.#first.length === 0;
  }

  get(key: string): Read | undefined {
    if (this.#byKey !== undefined) return this.#byKey.get(key);
    const first = this.#first;
    for (let index = 0; index < first.length; index++) {
      const read = first[index] as Read;
      if (read.flag === key) return read;
    }
    return undefined;
  }

  add(read: Read): void {
    if (this.#byKey === undefined) {
      this.#first.push(read);
      if (this.#first.length > FEW) {
        this.#byKey = new Map(this.#first.map((one) => [one.flag, one]));
      }
    } else {
      this.#byKey.set(read.flag, read);
    }
  }
}
