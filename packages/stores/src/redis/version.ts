/**
 * A map that never changes. A changed one takes as long to make as there are changes; the one it was
 * made of stays as it was.
 */
export interface Version<Value> {
  get(name: string): Value | undefined;
  /** Its own copy of all entries. */
  entries(): Map<string, Value>;
  /** @param changes values by name; undefined takes the name out */
  with(changes: ReadonlyMap<string, Value | undefined>): Version<Value>;
}

/** The first version of a map. @param map belongs to it from now on */
export function firstVersion<Value>(map: Map<string, Value>): Version<Value> {
  return new Held(map);
}

/**
 * The newest version has the map. Each older one has what it was before the next, and the next; where
 * nobody holds an old one, nothing of it is left.
 */
class Held<Value> implements Version<Value> {
  #map: Map<string, Value> | undefined;
  #before: ReadonlyMap<string, Value | undefined> = new Map();
  #next: Held<Value> | undefined;

  constructor(map: Map<string, Value>) {
    this.#map = map;
  }

  get(name: string): Value | undefined {
    let version: Held<Value> = this;
    while (version.#map === undefined) {
      if (version.#before.has(name)) return version.#before.get(name);
      version = version.#next as Held<Value>;
    }
    return version.#map.get(name);
  }

  entries(): Map<string, Value> {
    const newer: Held<Value>[] = [];
    let version: Held<Value> = this;
    while (version.#map === undefined) {
      newer.push(version);
      version = version.#next as Held<Value>;
    }
    const map = new Map(version.#map);
    for (const each of newer.reverse()) change(map, each.#before);
    return map;
  }

  with(changes: ReadonlyMap<string, Value | undefined>): Version<Value> {
    if (changes.size === 0) return this;
    if (this.#map === undefined) return new Held(change(this.entries(), changes));
    const map = this.#map;
    this.#before = new Map([...changes.keys()].map((name) => [name, map.get(name)]));
    this.#next = new Held(change(map, changes));
    this.#map = undefined;
    return this.#next;
  }
}

function change<Value>(
  map: Map<string, Value>,
  changes: ReadonlyMap<string, Value | undefined>,
): Map<string, Value> {
  for (const [name, value] of changes) {
    if (value === undefined) map.delete(name);
    else map.set(name, value);
  }
  return map;
}
