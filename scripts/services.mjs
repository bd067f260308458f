import { existsSync } from "node:fs";
import { run } from "./run.mjs";

/** What the tests need besides npm packages. */
const needed = [
  {
    name: "Chromium",
    path: process.env.CHROMIUM ?? "/usr/bin/chromium",
    variable: "CHROMIUM",
    debian: "chromium",
  },
  {
    name: "Redis",
    path: process.env.REDIS_SERVER ?? "/usr/bin/redis-server",
    variable: "REDIS_SERVER",
    debian: "redis-server",
  },
];

/** What the long tests need besides. */
const neededLong = [
  {
    name: "Prometheus",
    path: process.env.PROMETHEUS ?? "/usr/bin/prometheus",
    variable: "PROMETHEUS",
    debian: "prometheus",
  },
];

/** The browser that tests drive. */
export const chromium = needed[0].path;

/** Installs what the tests need besides npm packages, where it is missing and apt-get can. */
export const services = () => provide(needed);

/** The same for the long tests. */
export const longServices = () => provide(neededLong);

function provide(services) {
  const missing = services.filter(({ path }) => !existsSync(path));
  if (missing.length === 0) return 0;
  for (const { name, path } of missing) {
    console.log(`There is no ${name} at ${path}: installing it with apt-get.`);
  }
  install(missing.map(({ debian }) => debian));
  const left = missing.filter(({ path }) => !existsSync(path));
  for (const { name, variable, debian } of left) {
    console.error(
      `${name} could not be installed. Install it (Debian: apt-get install ${debian}, as root), ` +
        `or set ${variable} to the path of one, and run this again.`,
    );
  }
  return left.length === 0 ? 0 : 1;
}

/** Each by itself: one that cannot be had keeps none of the others away. */
function install(packages) {
  if (process.getuid?.() !== 0) return;
  const apt = (...args) => run("apt-get", "--quiet", "--assume-yes", ...args);
  if (apt("update") !== 0) return;
  for (const name of packages) apt("install", "--no-install-recommends", name);
}
