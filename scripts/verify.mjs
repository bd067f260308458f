// npm run verify: installs (Chromium and Redis included), builds, checks types, style and arrows, and runs every test.
// Its last line adds up the runners' reports.
import { steps, take } from "./steps.mjs";

take(steps);
