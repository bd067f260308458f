import { oneLine } from "../one-line.js";
import type { Difference } from "./compare.js";

/** What becomes of an item. */
export type Action = "create" | "update" | "remove" | "keep" | "agree" | "conflict";

/** What becomes of an item, in a word. */
export function actionOf({ verdict, git, store }: Difference): Action {
  if (verdict === "conflict") return "conflict";
  if (verdict === "agreed") return "agree";
  if (verdict !== "git") return "keep";
  if (store === undefined) return "create";
  return git === undefined ? "remove" : "update";
}

/** What an item is called in a sentence. */
export function titleOf({ kind, name }: Difference): string {
  if (kind === "flag") return oneLine(name);
  return kind === "segment" ? `segment ${oneLine(name)}` : "the set's metadata";
}

/** Who changed it in the store, when and why. */
export function byWhom({ unaudited, changedBy, git }: Difference): string {
  if (unaudited) return "changed without an entry in the history";
  if (changedBy === undefined) return git === undefined ? "only in the store" : "never seeded";
  const { actor, kind, reason, time } = changedBy;
  return oneLine(`${kind} by ${actor}, ${time.slice(0, 16)}Z: ${reason}`);
}
