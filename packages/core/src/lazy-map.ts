/** What a map holds at first: a value is made when it is first read. */
export interface Seed<Value> {
  keys(): Iterable<string>;
  /** The value of a key; undefined if it is none of the keys. */
  make(key: string): Value | undefined;
}

/** A map that takes no time to make, however much it holds. */
export class LazyMap<Value> {
  /** With undefined for a key of the seed that was deleted. */
  #values: Map<string, Value | undefined>;
  /** None as soon as all of it was made. */
  #seed: Seed<Value> | undefined;

  constructor(seed: Seed<Value> | undefined, values = new Map<string, Value | undefined>()) {
    this.#seed = seed;
    this.#values = values;
  }

  get(key: string): Value | undefined {
    const value = this.#values.get(key);
    return value === undefined && this.#seed !== undefined ? this.#make(key, this.#seed) : value;
  }

  #make(key: string, seed: Seed<Value>): Value | undefined {
    if (this.#values.has(key)) return undefined;
    const made = seed.make(key);
    if (made !== undefined) this.#values.set(key, made);
    return made;
  }

  set(key: string, value: Value): void {
    this.#values.set(key, value);
  }

  delete(key: string): void {
    if (this.#seed?.make(key) === undefined) this.#values.delete(key);
    else this.#values.set(key, undefined);
  }

  /** Those of the seed first, in its order. */
  entries(): Iterable<[string, Value]> {
    const seed = this.#seed;
    if (seed !== undefined) {
      const keys = new Set([...seed.keys(), ...this.#values.keys()]);
      const made = [...keys].map((key) => [key, this.get(key)] as const);
      this.#values = new Map(made.filter(([, value]) => value !== undefined));
      this.#seed = undefined;
    }
    return this.#values as Map<string, Value>;
  }

  copy(): LazyMap<Value> {
    return new LazyMap(this.#seed, new Map(this.#values));
  }
}
