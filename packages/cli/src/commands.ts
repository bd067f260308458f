import { check } from "./commands/check.js";
import { history } from "./commands/history.js";
import { list } from "./commands/list.js";
import { pull } from "./commands/pull.js";

/** Every command, in the order in which help lists them. */
export const commands = [check, list, history, pull] as const;
