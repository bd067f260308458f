/**
 * What must hold in a run. A figure that was not measured holds nothing and breaks nothing.
 *
 * @typedef {object} Bound
 * @property {string} name
 * @property {string} unit
 * @property {number | undefined} value
 * @property {number | undefined} limit
 *
 * @param {string} name
 * @param {string} unit
 * @param {number | undefined} value
 * @param {number | undefined} limit
 * @returns {Bound}
 */
export function atMost(name, unit, value, limit) {
  return { name, unit, value, limit };
}

/** A figure times a factor, if it was measured. */
export function times(/** @type {number} */ factor, /** @type {number | undefined} */ figure) {
  return figure === undefined ? undefined : factor * figure;
}

/** "pass", "FAIL" or "not measured". */
export function verdict(/** @type {Bound} */ { value, limit }) {
  if (value === undefined || limit === undefined) return "not measured";
  return value <= limit ? "pass" : "FAIL";
}

/** The bounds as a table, each with what it was found to be. */
export function boundsTable(/** @type {Bound[]} */ bounds) {
  return [
    ["bound", "found", "at most", "unit", ""],
    ...bounds.map((bound) => [bound.name, bound.value, bound.limit, bound.unit, verdict(bound)]),
  ];
}
