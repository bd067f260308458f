// Declaring flags.
export {
  type ClientFlagKey,
  type ContextFreeKey,
  type Defined,
  type Definition,
  type DefinitionNotes,
  type DefinitionTerms,
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
export { type Duration, millisecondsOf } from "./duration.js";

// Writing rules.
export { type Attribute, attr, type VersionOperator } from "./builders/attribute.js";
export { all, any, type Condition, inSegment, not } from "./builders/condition.js";
export { after, before } from "./builders/date.js";
export { type FlagRules, type FlagSetExtras, flagSet } from "./builders/flag-set.js";
export { percent, type SplitOptions } from "./builders/percent.js";
export { progressive, type RolloutStep } from "./builders/progressive.js";
export { type Rule, when } from "./builders/rule.js";

// Reading them.
export type { EvaluationContext } from "./context.js";
export type { Attributes, ContextInput } from "./context-input.js";
export { createFlags } from "./create-flags.js";
export type {
  Flags,
  FlagsOptions,
  OpenOptions,
  RefreshOptions,
  ScopeOptions,
} from "./flags.js";
export { opensGate } from "./gate.js";
export type { Overrides } from "./overrides.js";
export {
  changesBefore,
  flagSetIn,
  revisionOf,
  type ScopedFlagSet,
  targetingKeyOf,
  type UndefaultedDetails,
} from "./grounds.js";
export type { Answer, FlagScope } from "./scope.js";

// Watching what they do.
export type { Health, HealthOutage } from "./health.js";
export type {
  Change,
  ClientReport,
  Exposure,
  Observer,
  ReportedFlag,
  Settlement,
  TrackedEvent,
} from "./observer.js";
export { type Ending, errorTypeOf, type Outcome } from "./outcome.js";
export type { Pin, PinOptions } from "./pins.js";

// The flag document, and its evaluation.
export type {
  Edits,
  FlagDefinition,
  FlagMetadata,
  FlagSet,
  FlagSetDelta,
} from "./flag-set.js";
export { type Hold, type HoldKind, readHold, resumeFlag, writeHold, writeRule } from "./hold.js";
export type { JsonValue } from "./json.js";
export { type UnknownName, unknownNames } from "./builders/check.js";
export { flagSetFrom, type Issue, type ParseResult, parseFlagSet } from "./parse.js";
export type { EvaluationDetails, EvaluationErrorCode, Reason } from "./details.js";
export type { ExplainedPart, Explanation } from "./explain.js";
export { freezeRamp } from "./ramp.js";
export { createRuleset, type Ruleset, type RulesetEvents } from "./ruleset.js";
export type { Split } from "./targeting/operator.js";

// Where revisions come from, or decisions.
export { isOutage } from "./outage.js";
export type { FlagResolver, Resolution, ResolverSink } from "./resolver.js";
export type {
  Alteration,
  AuditEntry,
  ChangeKind,
  ChangeOrigin,
  FlagChange,
  FlagSource,
  FlagStore,
  HistoryQuery,
  Revision,
  RevisionDelta,
  RevisionSink,
} from "./source.js";

// What goes wrong.
export { BurgeeError, type BurgeeErrorOptions, type ErrorCode, errorTable } from "./errors.js";
