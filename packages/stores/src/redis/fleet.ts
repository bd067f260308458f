import type { Send } from "./client.js";
import { run, script } from "./scripts.js";

/** An instance of an application, and the revision that it serves. */
export interface FleetMember {
  /** Its name. */
  readonly instance: string;
  /** The id of the revision it holds; empty before the first. */
  readonly revision: string;
  /** When it said so, in milliseconds since the epoch, by the clock of Redis. */
  readonly at: number;
}

/** What one instance tells the others. */
export interface Berth {
  /** Says which revision it holds. */
  report(send: Send, revision: string): Promise<void>;
  /** Says that it is gone. */
  leave(send: Send): Promise<void>;
}

const now = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** How long what any instance said is kept at least, in milliseconds. */
const KEPT = 3_600_000;

/** Arguments: what it says now, what it said last, how long that is kept, in milliseconds. */
const reportScript = script(`${now}
if ARGV[2] ~= '' then redis.call('ZREM', KEYS[1], ARGV[2]) end
if ARGV[1] ~= '' then redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[1]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('(%.0f', now - ARGV[3]))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 'OK'
`);

/** What the time is, in milliseconds; then who said what, and when, in turn. */
const listScript = script(`${now}
local said = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '+inf', 'WITHSCORES')
return { string.format('%.0f', now), said }
`);

/** @param lasts how long what an instance says holds, in milliseconds */
export function createBerth(fleet: string, instance: string, lasts: number): Berth {
  let said = "";

  async function say(send: Send, saying: string): Promise<void> {
    const before = saying === said ? "" : said;
    said = saying;
    await run(send, reportScript, [fleet], [saying, before, String(Math.max(lasts, KEPT))]);
  }

  return {
    report: (send, revision) => say(send, JSON.stringify([instance, revision, lasts])),
    leave: (send) => say(send, ""),
  };
}

/** The instances whose word holds, by name. */
export async function listFleet(send: Send, fleet: string): Promise<readonly FleetMember[]> {
  const [now, said] = (await run(send, listScript, [fleet], [])) as Reply;
  const members = new Map<string, FleetMember>();
  for (let index = 0; index < said.length; index += 2) {
    const [instance, revision, lasts] = sayingOf(said[index]);
    const at = Number(said[index + 1]);
    if (at + lasts >= Number(now)) members.set(instance, { instance, revision, at });
  }
  return [...members.values()].sort((a, b) => (a.instance < b.instance ? -1 : 1));
}

type Reply = readonly [now: string, said: readonly string[]];

/** What an instance said; of what is none of ours, what never holds. */
function sayingOf(member = ""): [instance: string, revision: string, lasts: number] {
  try {
    const [instance, revision, lasts] = JSON.parse(member);
    return [String(instance), String(revision), Number(lasts)];
  } catch {
    return ["", "", Number.NaN];
  }
}
