import { type Span, trace } from "@opentelemetry/api";

const rootOfSpan = new WeakMap<Span, Span>();
const rootOfScope = new WeakMap<object, Span>();

/**
 * Notes a span that starts, and gives its local root: its parent's, or itself, where the parent is
 * absent or was started in another process.
 */
export function noteStart(span: Span, parent: Span | undefined): Span {
  const root = (parent && rootOfSpan.get(parent)) ?? span;
  rootOfSpan.set(span, root);
  return root;
}

/**
 * The local root that a scope works under, or, while no processor has noted that, the span that is
 * active. What it was at the scope's first exposure is what it stays.
 */
export function enterLocalRoot(scope: object): Span | undefined {
  const known = localRootOf(scope);
  if (known !== undefined) return known;
  const active = trace.getActiveSpan();
  if (active === undefined) return undefined;
  const root = rootOfSpan.get(active) ?? active;
  rootOfScope.set(scope, root);
  return root;
}

/** The local root of a scope; undefined before its first exposure under a span. */
export function localRootOf(scope: object): Span | undefined {
  return rootOfScope.get(scope);
}
