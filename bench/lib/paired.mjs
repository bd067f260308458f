/**
 * What each of several works costs, in nanoseconds. They take turns in many short blocks, so that
 * whatever disturbs the machine disturbs all of them alike, and the block that a fifth are quicker
 * than counts: a machine that has others to serve is at times half as fast.
 *
 * @template {string} Name
 * @param {Record<Name, () => unknown>} works what they give is awaited, if it is a promise
 * @param {{ blocks?: number, perBlock?: number }} [size] fewer, where a work takes long
 * @returns {Promise<Record<Name, number>>}
 */
export async function paired(works, { blocks = 400, perBlock = 100 } = {}) {
  const names = /** @type {Name[]} */ (Object.keys(works));
  const costs = Object.fromEntries(names.map((name) => [name, []]));
  for (let block = -blocks / 4; block < blocks; block++) {
    const order = block % 2 === 0 ? names : names.toReversed();
    for (const name of order) {
      const cost = await timeBlock(works[name], perBlock);
      if (block >= 0) costs[name].push(cost);
    }
  }
  return Object.fromEntries(
    names.map((name) => [
      name,
      costs[name].toSorted((first, second) => first - second)[blocks / 5],
    ]),
  );
}

async function timeBlock(work, perBlock) {
  const start = process.hrtime.bigint();
  for (let turn = 0; turn < perBlock; turn++) {
    const given = work();
    if (given instanceof Promise) await given;
  }
  return Number(process.hrtime.bigint() - start) / perBlock;
}
