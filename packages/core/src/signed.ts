export { acceptReport, type SentReport } from "./client-report.js";
export { type CookieTaker, type HeadersByName, openFromHeaders } from "./open-from-headers.js";
export { readOverrides, type SignOptions, signOverrides } from "./override-token.js";
export { createPageCodes, type PageCodes } from "./page-code.js";
export { type Receipt, readReceipt, signReceipt } from "./receipt.js";
export { type Visitor, visitorId } from "./visitor.js";
