import { apply } from "./commands/apply.js";
import { check } from "./commands/check.js";
import { confirm } from "./commands/confirm.js";
import { drift } from "./commands/drift.js";
import { explain } from "./commands/explain.js";
import { history } from "./commands/history.js";
import { init } from "./commands/init.js";
import { kill } from "./commands/kill.js";
import { list } from "./commands/list.js";
import { plan } from "./commands/plan.js";
import { pull } from "./commands/pull.js";
import { refs } from "./commands/refs.js";
import { release } from "./commands/release.js";
import { resume } from "./commands/resume.js";
import { rollback } from "./commands/rollback.js";
import { simulate } from "./commands/simulate.js";
import { stale } from "./commands/stale.js";
import { types } from "./commands/types.js";

/** Every command, in the order in which help lists them. */
export const commands = [
  init,
  check,
  list,
  explain,
  simulate,
  history,
  plan,
  apply,
  drift,
  pull,
  confirm,
  release,
  rollback,
  kill,
  resume,
  stale,
  refs,
  types,
] as const;
