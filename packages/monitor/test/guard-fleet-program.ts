// An instance of a fleet: `node guard-fleet-program.js <url of Redis> <seed> <rate of errors>`. It tells
// once it has judged, and a second after it has tripped, when that was and when it last served the treatment.
import { setTimeout as wait } from "node:timers/promises";
import { startInstance } from "./guard/fleet-instance.js";

const [, , url = "", seed = "", bad = ""] = process.argv;
const { guard, told, lastOn } = await startInstance(url, Number(seed), Number(bad));

function tell(line: Readonly<Record<string, number>>): void {
  console.log(JSON.stringify(line));
}

const looking = setInterval(() => {
  const judged = guard.evidence[0]?.counts.safe.exposures ?? 0;
  if (judged < 200) return;
  clearInterval(looking);
  tell({ judged });
}, 50);

await told("tripped");
const trippedAt = Date.now();
await wait(1000);
tell({ trippedAt, lastOn: lastOn() });
