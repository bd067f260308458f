import { InMemoryProvider } from "@openfeature/server-sdk";
import { clientOver } from "../lib/openfeature.mjs";
import { compile } from "./limit-closures.mjs";

export const meta = {
  name: "OpenFeature, in-memory provider",
  packages: ["@openfeature/server-sdk"],
  api: "await client.get…Details(); bulk by a loop",
  notes: "the rules are the closures of the limit: what is timed is the client",
};

export const prepare = JSON.stringify;

export async function load(document) {
  const flags = JSON.parse(document);
  const configuration = Object.fromEntries(flags.map((flag) => [flag.key, configurationOf(flag)]));
  return clientOver(new InMemoryProvider(configuration), flags);
}

function configurationOf(flag) {
  const closure = compile(flag);
  return {
    variants: Object.fromEntries(flag.variants.map((value) => [String(value), value])),
    defaultVariant: String(flag.default),
    disabled: false,
    ...(flag.kind === "w1" ? {} : { contextEvaluator: (context) => closure(context).variant }),
  };
}
