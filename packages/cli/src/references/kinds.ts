import type ts from "typescript";

/**
 * What a place in the code does with a flag:
 *
 * - `definition`: it says what the flag is, in `defineFlags`, `flagSet`, or `createFlags`' `client`
 * - `read`: it reads the value
 * - `gate`: what is behind it depends on the flag
 * - `override`: it sets the flag aside
 * - `guard`: it watches the flag
 * - `mention`: a text that is the flag's key, for whatever use
 */
export type ReferenceKind = "definition" | "read" | "gate" | "override" | "guard" | "mention";

/** What a place does, and by what: `useFlag`, `scope.get`, `@RequireFlag`, `<Flag>`. */
export interface Use {
  readonly kind: ReferenceKind;
  readonly by?: string;
}

/** What a function does with the key that it is called with. */
const callees: Readonly<Record<string, ReferenceKind>> = {
  useFlag: "read",
  useFlagDetails: "read",
  get: "read",
  details: "read",
  choose: "read",
  getStaticFlag: "read",
  FlagValue: "read",
  requireFlag: "gate",
  RequireFlag: "gate",
  RequireFlagGuard: "gate",
  byVariant: "gate",
  provideByVariant: "gate",
  pin: "override",
};

/** The functions whose argument has flags' definitions, or rules, by key. */
const definers = ["defineFlags", "flagSet"];

/** What the code does with a flag, at a text or a name that is its key; undefined: it is about something else. */
export function useOf(node: ts.StringLiteralLike | ts.Identifier, api: typeof ts): Use | undefined {
  if (isModuleName(node, api)) return undefined;
  const listing = listingOf(node, api);
  if (listing !== undefined) {
    const holder = holderOf(listing, api);
    const by = nameOf(holder, api);
    const isCall = api.isCallExpression(holder);
    if (isCall && definers.includes(by)) return { kind: "definition", by };
    if (!isCall && by === "client") return { kind: "definition", by };
    if (/overrides$/i.test(by)) return { kind: "override", by };
  }
  if (api.isIdentifier(node)) return undefined; // of a text we know that it is a key, of a name we do not
  return callWith(node, api) ?? elementWith(node, api) ?? guardOf(node, api) ?? { kind: "mention" };
}

function isModuleName({ parent }: ts.Node, api: typeof ts): boolean {
  return (
    api.isImportDeclaration(parent) ||
    api.isExportDeclaration(parent) ||
    api.isExternalModuleReference(parent)
  );
}

/** The object that lists a key as `key: …`, or its value as `…: definitions[key]`. */
function listingOf(node: ts.Node, api: typeof ts): ts.Node | undefined {
  const { parent } = node;
  if (isProperty(parent, api)) return parent.name === node ? parent.parent : undefined;
  if (!api.isElementAccessExpression(parent)) return undefined;
  return api.isPropertyAssignment(parent.parent) ? parent.parent.parent : undefined;
}

function isProperty(node: ts.Node, api: typeof ts): node is ts.ObjectLiteralElementLike {
  return api.isPropertyAssignment(node) || api.isShorthandPropertyAssignment(node);
}

/** Who is given an object: a call, a property or a variable; also one that is given a function that returns it. */
function holderOf(object: ts.Node, api: typeof ts): ts.Node {
  let holder = object.parent;
  while (
    api.isParenthesizedExpression(holder) ||
    api.isAsExpression(holder) ||
    api.isSatisfiesExpression(holder) ||
    api.isConditionalExpression(holder) ||
    api.isArrowFunction(holder)
  ) {
    holder = holder.parent;
  }
  return holder;
}

/** What a call, a property or a variable is called. */
function nameOf(node: ts.Node, api: typeof ts): string {
  if (api.isCallExpression(node) || api.isNewExpression(node)) return nameOf(node.expression, api);
  if (api.isPropertyAccessExpression(node)) return node.name.text;
  if (api.isPropertyAssignment(node) || api.isVariableDeclaration(node)) {
    return nameOf(node.name, api);
  }
  return api.isIdentifier(node) || api.isStringLiteralLike(node) ? node.text : "";
}

function callWith(node: ts.Node, api: typeof ts): Use | undefined {
  const { parent } = node;
  if (!api.isCallExpression(parent) && !api.isNewExpression(parent)) return undefined;
  const name = nameOf(parent, api);
  const kind = Object.hasOwn(callees, name) ? callees[name] : undefined;
  const by = api.isDecorator(parent.parent)
    ? `@${name}`
    : `${ownerOf(parent.expression, api)}${name}`;
  return { kind: kind ?? "mention", ...(name !== "" && { by }) };
}

/** Of `req.flags.get` what stands before the last name: `flags.` */
function ownerOf(callee: ts.Node, api: typeof ts): string {
  if (!api.isPropertyAccessExpression(callee)) return "";
  const owner = nameOf(callee.expression, api);
  return owner === "" ? "" : `${owner}.`;
}

/** `<Flag name="key">` */
function elementWith(node: ts.Node, api: typeof ts): Use | undefined {
  const attribute = api.isJsxExpression(node.parent) ? node.parent.parent : node.parent;
  if (!api.isJsxAttribute(attribute) || attribute.name.getText() !== "name") return undefined;
  const element = attribute.parent.parent.tagName.getText();
  return /(?:^|\.)Flag$/.test(element) ? { kind: "gate", by: `<${element}>` } : undefined;
}

/** `monitor.guard({ flag: "key" })` */
function guardOf(node: ts.Node, api: typeof ts): Use | undefined {
  const { parent } = node;
  if (!api.isPropertyAssignment(parent) || nameOf(parent, api) !== "flag") return undefined;
  const holder = holderOf(parent.parent, api);
  const by = nameOf(holder, api);
  return api.isCallExpression(holder) && by === "guard" ? { kind: "guard", by } : undefined;
}
