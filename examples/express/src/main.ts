import type { AddressInfo } from "node:net";
import { app } from "./app.js";
import { flags } from "./flags.js";

flags.observe({
  settled: ({ exposures, outcome }) => {
    const read = exposures.map(({ flag, variant }) => `${flag}=${variant}`).join(" ");
    console.log(outcome.status, outcome.errorType ?? "", read);
  },
  problem: ({ message }) => console.warn(message),
});
await flags.ready({ timeout: 2000 });

const server = app.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
