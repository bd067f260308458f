// A server of a kind: it has done some work, and waits for its end. Its arguments: where the counts
// are written, and how it ends.
import { appendFile } from "node:fs/promises";
import { setTimeout as elapsed } from "node:timers/promises";
import { flushCounts, type WriteCounts } from "@burgee/monitor";
import { countedFlags, newCheckout } from "./counted.js";

const [path = "", ending] = process.argv.slice(2);
const { monitor, work } = countedFlags(newCheckout(100));

const write: WriteCounts = async ({ cells }) => {
  await elapsed(20); // as a write over a network
  const counts = cells.map(({ variant, exposures, errors }) => ({ variant, exposures, errors }));
  await appendFile(path, `${JSON.stringify(counts)}\n`);
};
const never = () => new Promise<void>(() => {});

flushCounts(monitor, ending === "stuck" ? never : write, { timeout: 100 });
if (ending === "twice") flushCounts(monitor, write);

work("ada", ["new-checkout"]);
work("bob", ["new-checkout"], new TypeError("no total"));

const open = setInterval(() => {}, 1000);
if (ending === "drains") {
  process.on("SIGTERM", async () => {
    await elapsed(50); // for the last request
    work("eve", ["new-checkout"]);
    clearInterval(open);
  });
}
process.stdout.write("ready\n");
