// The customers, in a process of their own: `node load.js <url>`. They leave when the shop does,
// and after an hour at the latest.

/** Requests a second. */
const RATE = 200;
const TICK = 20;
const LONGEST = 3_600_000;

const [, , url = ""] = process.argv;

function pick<Item>(items: readonly Item[]): Item {
  return items[Math.floor(Math.random() * items.length)] as Item;
}

/** One cart in twenty has a tea spoon. */
function cart(): readonly string[] {
  const pieces = [pick(["tea pot", "tea cup", "kettle"]), "green tea"];
  return Math.random() < 0.05 ? ["tea spoon"] : pieces;
}

async function visit(): Promise<void> {
  const headers = { "x-user": `user-${Math.floor(5000 * Math.random())}` };
  const response =
    Math.random() < 0.6
      ? await fetch(`${url}/checkout`, {
          method: "POST",
          headers: { ...headers, "content-type": "application/json" },
          body: JSON.stringify(cart()),
        })
      : await fetch(`${url}/search?q=tea`, { headers });
  await response.arrayBuffer();
}

setInterval(() => {
  for (let visits = 0; visits < (RATE * TICK) / 1000; visits++) visit().catch(() => {});
}, TICK);
setTimeout(() => process.exit(), LONGEST);
process.once("disconnect", () => process.exit());
