import { LazyMap, type Seed } from "./lazy-map.js";

/**
 * A map that never changes. A changed one takes as long to make as there are changes, however large
 * it is; the one it was made of stays as it was.
 */
export interface Table<Value> {
  get(key: string): Value | undefined;
  entries(): Iterable<[key: string, value: Value]>;
  /** @param changes values by key; undefined takes the key out */
  with(changes: ReadonlyMap<string, Value | undefined>): Table<Value>;
}

export function createTable<Value>(seed: Seed<Value>): Table<Value> {
  return new Version(new LazyMap(seed));
}

/** Through how many newer versions an old one is read before it gets a map of its own. */
const MAX_DISTANCE = 32;

/**
 * The newest version has the map. Each older one has what it was before the next, and the next.
 *
 * @see Henry G. Baker, "Shallow Binding Makes Functional Arrays Fast", SIGPLAN Notices 26 (8), 1991
 */
class Version<Value> implements Table<Value> {
  #map: LazyMap<Value> | undefined;
  #before: ReadonlyMap<string, Value | undefined> = new Map();
  #next: Version<Value> | undefined;

  constructor(map: LazyMap<Value>) {
    this.#map = map;
  }

  get(key: string): Value | undefined {
    return this.#map === undefined ? this.#getBefore(key) : this.#map.get(key);
  }

  #getBefore(key: string): Value | undefined {
    let version: Version<Value> = this;
    for (let distance = 0; version.#map === undefined; distance++) {
      if (version.#before.has(key)) return version.#before.get(key);
      if (distance === MAX_DISTANCE) return this.#part().get(key);
      version = version.#next as Version<Value>;
    }
    return version.#map.get(key);
  }

  /** Gives this version a map of its own, and lets the newer ones go. */
  #part(): LazyMap<Value> {
    const map = this.#copy();
    this.#map = map;
    this.#next = undefined;
    return map;
  }

  #copy(): LazyMap<Value> {
    const versions: Version<Value>[] = [];
    let version: Version<Value> = this;
    while (version.#map === undefined) {
      versions.push(version);
      version = version.#next as Version<Value>;
    }
    const map = version.#map.copy();
    for (const older of versions.reverse()) change(map, older.#before);
    return map;
  }

  entries(): Iterable<[string, Value]> {
    return (this.#map ?? this.#copy()).entries();
  }

  with(changes: ReadonlyMap<string, Value | undefined>): Table<Value> {
    if (this.#map === undefined) return new Version(change(this.#copy(), changes));
    const map = this.#map;
    this.#before = new Map([...changes.keys()].map((key) => [key, map.get(key)]));
    this.#next = new Version(change(map, changes));
    this.#map = undefined;
    return this.#next;
  }
}

function change<Value>(
  map: LazyMap<Value>,
  changes: ReadonlyMap<string, Value | undefined>,
): LazyMap<Value> {
  for (const [key, value] of changes) {
    if (value === undefined) map.delete(key);
    else map.set(key, value);
  }
  return map;
}
