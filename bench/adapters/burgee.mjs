import { createRuleset, parseFlagSet } from "@burgee/core";
import { flagdDocument } from "../lib/flagd-document.mjs";
import { missing } from "../lib/spec.mjs";

export const meta = {
  name: "Burgee",
  packages: ["@burgee/core"],
  api: "ruleset.evaluate(key, default, context); bulk ruleset.evaluateAll(context)",
};

export const prepare = flagdDocument;

export async function load(document, flags) {
  const ruleset = rulesetOf(document);
  const keys = flags.map(({ key }) => key);
  const defaults = flags.map(defaultOf);
  return {
    context: (context) => ({ targetingKey: context.userId, ...context }),
    evaluate: (index, context) =>
      index < 0
        ? ruleset.evaluate(missing, false, context)
        : ruleset.evaluate(keys[index], defaults[index], context),
    value: (details) => details.value,
    evaluateAll: (context) => ruleset.evaluateAll(context),
    values: (all) => [...all].map(([key, details]) => [key, details.value]),
    close() {},
  };
}

/** The ruleset of a document's text: what an application does with one that has arrived. */
export function rulesetOf(/** @type {string} */ document) {
  const parsed = parseFlagSet(JSON.parse(document));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return createRuleset(parsed.flagSet);
}

/** What a caller gives for a flag of the spec. */
export function defaultOf(/** @type {import("../lib/spec.mjs").Flag} */ { type }) {
  return type === "boolean" ? false : "-";
}
