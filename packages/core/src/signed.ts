export { readOverrides, type SignOptions, signOverrides } from "./override-token.js";
export { type Visitor, visitorId } from "./visitor.js";
