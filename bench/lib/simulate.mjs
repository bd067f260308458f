import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

/**
 * Runs simulations, each in one of a few threads; gives what each has found, by name.
 *
 * @param {string[]} names
 * @returns {Promise<Record<string, Record<string, number>>>}
 */
export async function simulate(names) {
  const waiting = [...names];
  const found = {};
  const threads = Array.from({ length: Math.min(2, availableParallelism()) }, () =>
    work(waiting, found),
  );
  await Promise.all(threads);
  return found;
}

function work(waiting, found) {
  const worker = new Worker(new URL("./simulation-worker.mjs", import.meta.url));
  return new Promise((resolve, reject) => {
    const next = () => {
      const name = waiting.shift();
      if (name !== undefined) worker.postMessage(name);
      else resolve(worker.terminate());
    };
    worker.on("message", ([name, result]) => {
      found[name] = result;
      next();
    });
    worker.on("error", reject);
    next();
  });
}
