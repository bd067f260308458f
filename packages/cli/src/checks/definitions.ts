import {
  BurgeeError,
  createFlags,
  type Definitions,
  type ErrorCode,
  type FlagSet,
} from "@burgee/core";
import { memoryStore } from "@burgee/stores/memory";
import { type Finding, flagPointer } from "./finding.js";

/** Where the document and the definitions in the code differ, as the application will find it. */
export async function checkDefinitions(
  flagSet: FlagSet,
  definitions: Definitions,
): Promise<Finding[]> {
  const found: Finding[] = [];
  try {
    const flags = createFlags(definitions, { source: memoryStore(flagSet) });
    flags.observe({ problem: (problem) => found.push(findingOf(problem as BurgeeError)) });
    await flags.ready();
    flags.close();
  } catch (error) {
    if (!(error instanceof BurgeeError)) throw error;
    found.push({ check: "definitions", severity: "error", pointer: "", message: textOf(error) });
  }
  return found;
}

/** A flag that waits in the code for its document is served its default: nothing is wrong yet. */
const waiting: ErrorCode = "FLAG_NOT_FOUND";

function findingOf(problem: BurgeeError): Finding {
  const { code, flag } = problem;
  return {
    check: "definitions",
    severity: code === waiting ? "warning" : "error",
    ...(flag !== undefined && { flag }),
    pointer: flag === undefined ? "" : flagPointer(flag),
    message: textOf(problem),
  };
}

/** What it says, without its code and remedy. */
function textOf({ message, code }: BurgeeError): string {
  return message.split(` [${code}]`)[0]?.replace(/\.$/, "") ?? message;
}
