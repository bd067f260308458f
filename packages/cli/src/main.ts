import { runProgram } from "./program.js";

// Whoever reads may have gone before all is told, as `head` does.
process.stdout.on("error", () => process.exit());

await runProgram(process.argv.slice(2));

// Modules of the user's that were loaded may hold connections of their own.
process.stdout.write("", () => process.exit());
