// Declaring flags.
export {
  type ClientFlagKey,
  type Defined,
  type Definition,
  type DefinitionNotes,
  type Definitions,
  defineFlags,
  type FlagKey,
  type FlagKind,
  type FlagValue,
  type GateVariants,
  type Register,
  type RegisteredClientDefinitions,
  type RegisteredDefinitions,
  type ValueOf,
  type VariantName,
  type VariantOf,
  type Variants,
  type WrittenDefinition,
} from "./define.js";

// Reading them.
export type { EvaluationContext } from "./context.js";
export type { ContextInput } from "./context-input.js";
export { createFlags, type Flags, type FlagsOptions } from "./flags.js";
export { opensGate } from "./gate.js";
export type { FlagScope } from "./scope.js";

// Watching what they do.
export type { Change, Exposure, Observer, Settlement } from "./observer.js";
export type { Ending, Outcome } from "./outcome.js";

// The flag document, and its evaluation.
export type { FlagDefinition, FlagMetadata, FlagSet } from "./flag-set.js";
export type { JsonValue } from "./json.js";
export { flagSetFrom, type Issue, type ParseResult, parseFlagSet } from "./parse.js";
export {
  createRuleset,
  type EvaluationDetails,
  type EvaluationErrorCode,
  type Reason,
  type Ruleset,
} from "./ruleset.js";
export type { Split } from "./targeting/operator.js";

// Where revisions come from.
export type {
  AuditEntry,
  ChangeKind,
  ChangeOrigin,
  Edits,
  FlagChange,
  FlagSource,
  FlagStore,
  Revision,
  RevisionSink,
} from "./source.js";

// What goes wrong.
export { BurgeeError, type BurgeeErrorOptions, type ErrorCode, errorTable } from "./errors.js";
