import { fork } from "node:child_process";

/**
 * What a file of `bench/` that asks a question exports.
 *
 * @typedef {Record<string, number>} Answer one adapter's figures
 * @typedef {object} Question
 * @property {string} title
 * @property {(name: string) => boolean} isFor the adapters that it is asked of
 * @property {(adapter: import("./adapters.mjs").Adapter) => Promise<Answer>} measure
 * @property {number} [rounds] how often it is asked, whatever the run says
 * @property {string[]} [nodeOptions] how node is started for it
 * @property {Record<string, string>} figures what the figures are, with their units
 * @property {(answers: Record<string, Answer>) => import("./bounds.mjs").Bound[]} bounds
 */

const minutes = 5;

/**
 * Asks adapters a question, so many rounds in alternating order. Of each figure the minimum counts:
 * what disturbs a measurement only ever adds to it.
 *
 * @param {string} question the name of its file
 * @param {string[]} adapters
 * @param {number} rounds
 * @param {string[]} [nodeOptions]
 */
export async function ask(question, adapters, rounds, nodeOptions = []) {
  /** @type {Record<string, Answer>} */
  const answers = {};
  /** @type {Record<string, string>} */
  const failures = {};
  for (let round = 0; round < rounds; round++) {
    for (const adapter of round % 2 === 0 ? adapters : adapters.toReversed()) {
      if (failures[adapter] !== undefined) continue;
      console.error(`${question}, round ${round + 1} of ${rounds}: ${adapter}`);
      try {
        answers[adapter] = minimum(await askOne(question, adapter, nodeOptions), answers[adapter]);
      } catch (error) {
        failures[adapter] = error.message;
        delete answers[adapter];
      }
    }
  }
  return { answers, failures };
}

/**
 * Asks one adapter, in a process of its own: no other system has shaped its compiled code or heap.
 *
 * @returns {Promise<Answer>}
 */
function askOne(question, adapter, nodeOptions) {
  const child = fork(new URL("./answer.mjs", import.meta.url), [question, adapter], {
    execArgv: ["--expose-gc", ...nodeOptions],
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

function minimum(answer, before = answer) {
  const figures = Object.entries(answer);
  return Object.fromEntries(
    figures.map(([name, figure]) => [name, Math.min(figure, before[name])]),
  );
}
