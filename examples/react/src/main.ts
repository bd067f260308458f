import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { flagRouter } from "@burgee/express";
import express from "express";
import { flags } from "./flags.js";

flags.observe({
  reported({ flags: shown, errorType = "seen" }) {
    console.log(errorType, shown.map(({ flag, variant }) => `${flag}=${variant}`).join(" "));
  },
  problem: ({ message }) => console.warn(message),
});
await flags.ready({ timeout: 2000 });

const app = express();
app.use("/flags", flagRouter(flags));
app.use(express.static(fileURLToPath(new URL("public", import.meta.url))));

const server = app.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
