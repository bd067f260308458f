import { parentPort } from "node:worker_threads";
import { simulations } from "./simulations.mjs";

parentPort.on("message", (name) => parentPort.postMessage([name, simulations[name]()]));
