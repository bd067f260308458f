// npm run compat [-- nest-10 consumers]: builds the packages, packs them, and tries them in the projects of compat/.
import { compat, projects } from "./projects.mjs";
import { steps, take } from "./steps.mjs";

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !projects.includes(name));

if (unknown.length === 0) {
  const { install, build } = steps;
  take({ install, build, compat: () => compat(asked.length === 0 ? projects : asked) });
} else {
  console.error(`compat/ has ${projects.join(", ")}; not ${unknown.join(", ")}.`);
  process.exitCode = 1;
}
