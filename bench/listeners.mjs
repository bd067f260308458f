import assert from "node:assert/strict";
import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { burgee } from "./lib/adapters.mjs";
import { atMost } from "./lib/bounds.mjs";

export const title =
  "What do 10,000 idle listeners cost a process of Express 5, over streams written by hand?";

export const figures = {
  heap: "heap a listener, kB",
  over: "over one written by hand, kB",
  control: "by hand, the same again, kB",
  told: "until all were told of a change, ms",
  toldByHand: "by hand, ms",
};

export const isFor = (name) => name === burgee;

const count = 10_000;

export async function measure() {
  needFiles(count + 1000);
  const byHand = await serve("by-hand");
  const again = await serve("by-hand");
  const ours = await serve("burgee");
  return {
    heap: ours.heap,
    over: ours.heap - byHand.heap,
    control: Math.abs(again.heap - byHand.heap),
    told: ours.told,
    toldByHand: byHand.told,
  };
}

/** What listeners cost a server in a process of its own; those who listen are in another. */
async function serve(kind) {
  const server = start("listeners-server.mjs", kind);
  const { port } = await said(server);
  const before = await ask(server, "heap");
  const clients = start("listeners-clients.mjs", String(port), String(count));
  assert.equal((await said(clients)).listening, count);
  const after = await ask(server, "heap");
  const told = said(clients);
  const { changedAt } = await ask(server, "change");
  const { lastAt } = await told;
  await Promise.all([leave(clients), leave(server)]);
  return {
    heap: (after.heapUsed - before.heapUsed) / count / 1000,
    told: Number(BigInt(lastAt) - BigInt(changedAt)) / 1e6,
  };
}

function start(program, ...given) {
  return fork(new URL(`lib/${program}`, import.meta.url), given, { execArgv: ["--expose-gc"] });
}

function ask(child, what) {
  const answer = said(child);
  child.send(what);
  return answer;
}

/** What a process says next. */
function said(child) {
  return new Promise((resolve, reject) => {
    const ended = (code) => reject(new Error(`${child.spawnargs[2]} has ended with ${code}`));
    child.once("exit", ended).once("message", (message) => {
      child.off("exit", ended);
      resolve(message);
    });
  });
}

async function leave(child) {
  const ended = once(child, "exit");
  child.disconnect();
  await ended;
}

/** Each listener is an open file of both processes; Node itself raises its limit to the hard one. */
function needFiles(files) {
  const hard = String(execFileSync("sh", ["-c", "ulimit -Hn"])).trim();
  if (hard === "unlimited" || Number(hard) >= files) return;
  throw new Error(
    `${files} open files are needed, and ${hard} allowed: as root, \`ulimit -n ${files}\` in the shell, or nofile in /etc/security/limits.conf`,
  );
}

/** @type {import("./lib/ask.mjs").Question["bounds"]} */
export function bounds(answers) {
  const ours = answers[burgee];
  return [
    atMost("an idle listener's heap, over one written by hand", "kB", ours?.over, 10),
    atMost("10,000 listeners told of a change", "ms", ours?.told, 2000),
  ];
}
