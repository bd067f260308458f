export { type AuditKey, auditEntry, hashOf, type Made } from "./audit-entry.js";
export { canonicalJson } from "./canonical-json.js";
export { type VerifyOptions, verifyHistory } from "./verify-history.js";
