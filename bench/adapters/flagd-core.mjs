import { FlagdCore } from "@openfeature/flagd-core";
import { flagdDocument } from "../lib/flagd-document.mjs";
import { quiet } from "../lib/quiet.mjs";
import { missing } from "../lib/spec.mjs";

export const meta = {
  name: "flagd-core",
  packages: ["@openfeature/flagd-core"],
  api: "core.resolve…Evaluation(); bulk core.resolveAll()",
};

export const prepare = flagdDocument;

export async function load(document, flags) {
  const core = new FlagdCore(undefined, quiet);
  core.setConfigurations(document);
  const keys = flags.map(({ key }) => key);
  const isBoolean = flags.map(({ type }) => type === "boolean");
  return {
    context: (context) => ({ targetingKey: context.userId, ...context }),
    evaluate(index, context) {
      if (index < 0) return core.resolveBooleanEvaluation(missing, false, context, quiet);
      return isBoolean[index]
        ? core.resolveBooleanEvaluation(keys[index], false, context, quiet)
        : core.resolveStringEvaluation(keys[index], "-", context, quiet);
    },
    value: (details) => details.value,
    evaluateAll: (context) => core.resolveAll(context, quiet),
    values: (all) => all.map(({ flagKey, value }) => [flagKey, value]),
    close() {},
  };
}
