import { burgee, closures, isPeer, keyed } from "./adapters.mjs";
import { boundsTable } from "./bounds.mjs";
import { markdownTable } from "./markdown.mjs";

const begin = "<!-- bench: figures -->";
const end = "<!-- bench: end of figures -->";

/** What a page's table of figures has for each system. */
const columns = [
  ["evaluate", "W1", "W1 static, ns"],
  ["evaluate", "W2", "W2 one rule, ns"],
  ["evaluate", "W3", "W3 rollout, ns"],
  ["evaluate", "W4", "W4 ten rules, ns"],
  ["evaluate", "W5", "W5 bulk, ns a flag"],
  ["evaluate", "W6", "W6 missing, ns"],
  ["load", "load", "load of 10,000, ms"],
  ["load", "heap", "heap then, MiB"],
  ["load", "heapRead", "heap once all were read, MiB"],
];

/**
 * @typedef {object} Run what `run.mjs` found
 * @property {string} date
 * @property {string} node
 * @property {string} cpu
 * @property {number} rounds
 * @property {Record<string, { name: string, packages: string[], versions: string[], api: string, notes?: string }>} systems
 * @property {Record<string, Record<string, import("./ask.mjs").Answer>>} answers by question and adapter
 * @property {import("./bounds.mjs").Bound[]} bounds
 */

/** The page with the figures of a run in the place of those that it has. */
export function withFigures(/** @type {string} */ page, /** @type {Run} */ run) {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from)
    throw new Error(`the page has no place for figures: ${begin} … ${end}`);
  return `${page.slice(0, from)}${begin}\n\n${figures(run)}\n\n${page.slice(to)}`;
}

function figures({ date, node, cpu, rounds, systems, answers, bounds }) {
  const asked = ["evaluate", "load", "delta", "allocate", "express", "nest", "propagate"];
  const missing = asked.filter((question) => answers[question]?.[burgee] === undefined);
  if (missing.length > 0) throw new Error(`the last run did not ask: ${missing.join(", ")}`);

  const bulk = (adapter) => answers.evaluate[adapter].W5;
  const measured = Object.keys(answers.evaluate).filter((adapter) => answers.load[adapter]);
  const peers = measured.filter(isPeer).sort((first, second) => bulk(first) - bulk(second));
  const rows = [burgee, closures, keyed, ...peers].filter((adapter) => measured.includes(adapter));
  const delta = answers.delta[burgee];

  return [
    `Measured on ${date.slice(0, 10)} with Node ${node} on ${cpu}, the best of ${rounds} rounds.`,
    markdownTable([
      ["system", ...columns.map(([, , head]) => head)],
      ...rows.map((adapter) => [
        systems[adapter].name,
        ...columns.map(([question, figure]) => answers[question][adapter][figure]),
      ]),
    ]),
    markdownTable([["a change of one flag of 10,000", "ms"], ...deltaRows(delta)]),
    markdownTable([["what a request costs more", "µs"], ...requestRows(answers)]),
    markdownTable([["a commit to Redis", "", ""], ...commitRows(answers.propagate[burgee])]),
    "What must hold, and what was found:",
    markdownTable(boundsTable(bounds)),
    "What was timed:",
    ...rows.map((adapter) => `- **${systems[adapter].name}**${timed(systems[adapter])}`),
  ]
    .join("\n\n")
    .replaceAll(/^(- .*)\n\n(?=- )/gm, "$1\n");
}

function deltaRows({ delta, firstDelta, load }) {
  return [
    ["as a delta", delta],
    ["as the first delta of the process", firstDelta],
    ["by loading all of them again", load],
  ];
}

function requestRows({ express, nest }) {
  const { none, five, byHand, core } = express[burgee];
  const { guard, module, interceptor } = nest[burgee];
  return [
    ["Express, no flag read", none],
    ["Express, five flags read and settled", five],
    ["Express, the same by hand", byHand],
    ["five flags read and settled, without a framework", core],
    ["NestJS, the guard of `@RequireFlag`", guard],
    ["NestJS, the module and a guarded route, over an empty interceptor", module],
    ["NestJS, an empty interceptor", interceptor],
  ];
}

function commitRows({ p50, p99, small, large }) {
  return [
    ["until an instance serves it, the median", p50, "ms"],
    ["until an instance serves it, 99 of 100", p99, "ms"],
    ["what it sends to and from Redis, with ten instances and 100 flags", small, "bytes"],
    ["what it sends to and from Redis, with ten instances and 10,000 flags", large, "bytes"],
  ];
}

function timed({ packages, versions, api, notes }) {
  const named = packages.map((name, index) => `${name} ${versions[index]}`.trim()).join(", ");
  return `${named && ` (${named})`}: \`${api}\`${notes ? `; ${notes}` : ""}`;
}
