// node answer.mjs <question> <adapter>: the process in which one adapter answers one question.
import { loadAdapter } from "./adapters.mjs";

const [question, adapter] = process.argv.slice(2);
const { measure } = await import(new URL(`../${question}.mjs`, import.meta.url).href);
const answer = await measure(await loadAdapter(adapter));
process.send(answer, () => process.exit());
