import { existsSync } from "node:fs";
import { run } from "./run.mjs";

/** The browser that tests drive. */
export const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Installs what the tests need besides npm packages, where it is missing and apt-get can. */
export function services() {
  if (existsSync(chromium)) return 0;
  console.log(`There is no Chromium at ${chromium}: installing it with apt-get.`);
  const apt = (...args) => run("apt-get", "--quiet", "--assume-yes", ...args);
  if (process.getuid?.() === 0)
    apt("update") || apt("install", "--no-install-recommends", "chromium");
  if (existsSync(chromium)) return 0;
  console.error(
    "Chromium could not be installed. Install it (Debian: apt-get install chromium, as root), " +
      "or set CHROMIUM to the path of one, and run this again.",
  );
  return 1;
}
