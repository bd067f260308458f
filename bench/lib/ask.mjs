import { fork } from "node:child_process";

/**
 * What a file of `bench/` that asks a question exports.
 *
 * @typedef {Record<string, number>} Answer one adapter's figures
 * @typedef {object} Question
 * @property {string} title
 * @property {(name: string) => boolean} isFor the adapters that it is asked of
 * @property {(adapter: import("./adapters.mjs").Adapter) => Promise<Answer>} measure
 * @property {Record<string, string>} figures what the figures are, with their units
 * @property {(figures: number[]) => number} [summary] what counts of the rounds; the minimum
 * @property {(answers: Record<string, Answer>) => import("./bounds.mjs").Bound[]} bounds
 */

const minutes = 5;

/**
 * Asks adapters a question, so many rounds in alternating order.
 *
 * @param {string} question the name of its file
 * @param {string[]} adapters
 * @param {number} rounds
 * @param {Question["summary"]} summary
 */
export async function ask(question, adapters, rounds, summary = minimum) {
  /** @type {Record<string, Answer[]>} */
  const given = {};
  /** @type {Record<string, string>} */
  const failures = {};
  for (let round = 0; round < rounds; round++) {
    for (const adapter of round % 2 === 0 ? adapters : adapters.toReversed()) {
      if (failures[adapter] !== undefined) continue;
      console.error(`${question}, round ${round + 1} of ${rounds}: ${adapter}`);
      try {
        given[adapter] = [...(given[adapter] ?? []), await askOne(question, adapter)];
      } catch (error) {
        failures[adapter] = error.message;
        delete given[adapter];
      }
    }
  }
  const answers = Object.fromEntries(
    Object.entries(given).map(([adapter, all]) => [adapter, summarized(all, summary)]),
  );
  return { answers, failures };
}

/** @returns {Answer} */
function summarized(/** @type {Answer[]} */ answers, summary) {
  const names = Object.keys(answers[0]);
  return Object.fromEntries(
    names.map((name) => [name, summary(answers.map((answer) => answer[name]))]),
  );
}

/** Of figures that are times: what disturbs a measurement only ever adds to it. */
function minimum(/** @type {number[]} */ figures) {
  return Math.min(...figures);
}

/** Of figures that are differences: what disturbs a measurement may add to either side. */
export function median(/** @type {number[]} */ figures) {
  return figures.toSorted((first, second) => first - second)[figures.length >> 1];
}

/**
 * Asks one adapter, in a process of its own: no other system has shaped its compiled code or heap.
 *
 * @returns {Promise<Answer>}
 */
function askOne(question, adapter) {
  const child = fork(new URL("./answer.mjs", import.meta.url), [question, adapter], {
    execArgv: ["--expose-gc"],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    timeout: minutes * 60_000,
  });
  return new Promise((resolve, reject) => {
    let answer;
    let complaints = "";
    child.on("message", (message) => {
      answer = message;
    });
    child.stderr.on("data", (chunk) => {
      complaints += chunk;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (answer !== undefined) resolve(answer);
      else reject(new Error(complaints.slice(-1500) || `ended with ${signal ?? code}`));
    });
  });
}
