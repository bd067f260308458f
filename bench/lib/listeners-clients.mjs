// node listeners-clients.mjs <port> <count>: so many who listen. Once all of them do, it says so; once all of them were told
// of a change, when the last one was.
import { connect } from "node:net";

const [port, count] = process.argv.slice(2).map(Number);
const request = "GET /flags/ofrep/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n";
const atOnce = 200;

process.once("disconnect", () => process.exit());

let told = 0;
for (let begun = 0; begun < count; begun += atOnce) {
  await Promise.all(Array.from({ length: Math.min(atOnce, count - begun) }, listen));
}
process.send({ listening: count });

/** Resolves with the first that comes of the stream; a stream that ends, or is refused, ends it all. */
function listen() {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(request));
    let greeted = false;
    socket.setEncoding("utf8").on("data", (text) => {
      if (greeted && text.includes("refetchEvaluation")) hear();
      if (!greeted && text.startsWith("HTTP/1.1 ") && !text.startsWith("HTTP/1.1 200")) fail(text);
      if (!greeted && text.includes("retry: ")) {
        greeted = true;
        resolve();
      }
    });
    socket.on("close", () => fail("the stream has ended")).on("error", fail);
  });
}

function hear() {
  if (++told === count) process.send({ lastAt: String(process.hrtime.bigint()) });
}

function fail(reason) {
  console.error(reason);
  process.exit(1);
}
