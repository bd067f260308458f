import type { HttpAdapterHost } from "@nestjs/core";
import { type AnsweredError, expectErrors, noteErrors, noteThrown } from "./graphql-outcome.js";

type Resolve = (source: unknown, args: unknown, context: object, info: ResolveInfo) => unknown;

interface ResolveInfo {
  readonly path: Path;
}

/** Where a field is in an answer, from its end. */
interface Path {
  readonly prev: Path | undefined;
  readonly key: string | number;
}

interface Field {
  resolve?: Resolve | undefined;
}

/** What is used of mercurius, and of its schema. */
interface Mercurius {
  readonly schema: {
    getTypeMap(): Record<string, { getFields?(): Record<string, Field> }>;
  };
  addHook(
    name: "preExecution",
    hook: (schema: unknown, document: unknown, context: object) => Promise<void>,
  ): void;
  addHook(
    name: "onResolution",
    hook: (
      execution: { readonly errors?: readonly AnsweredError[] },
      context: object,
    ) => Promise<void>,
  ): void;
}

/** The places of an operation's answer where something was thrown. */
const thrownAt = new WeakMap<object, Set<string>>();

/**
 * Notes the errors that mercurius answers an operation with, if it runs on the adapter. Its hooks are
 * given errors as they are answered, without what was thrown, so that is noted where it is thrown.
 */
export function watchMercurius(adapter: HttpAdapterHost["httpAdapter"] | null): void {
  if (adapter?.getType() !== "fastify") return;
  const { graphql } = adapter.getInstance() as { readonly graphql?: Mercurius };
  if (typeof graphql?.addHook !== "function") return;
  for (const type of Object.values(graphql.schema.getTypeMap())) {
    for (const field of Object.values(type.getFields?.() ?? {})) {
      if (field.resolve !== undefined) field.resolve = noting(field.resolve);
    }
  }
  graphql.addHook("preExecution", async (_schema, _document, context) => expectErrors(context));
  graphql.addHook("onResolution", async ({ errors = [] }, context) => {
    const places = thrownAt.get(context);
    noteErrors(
      context,
      errors.filter(({ path = [] }) => places?.has(path.join(".")) !== true),
    );
  });
}

/** A resolver, and what it throws noted. */
function noting(resolve: Resolve): Resolve {
  return function (this: unknown, source, args, context, info) {
    const note = (error: unknown): void => {
      const places = thrownAt.get(context) ?? new Set();
      thrownAt.set(context, places.add(placeOf(info.path)));
      noteThrown(context, error);
    };
    try {
      const resolved = resolve.call(this, source, args, context, info);
      if (resolved instanceof Promise) resolved.catch(note);
      return resolved;
    } catch (error) {
      note(error);
      throw error;
    }
  };
}

function placeOf({ prev, key }: Path): string {
  return prev === undefined ? String(key) : `${placeOf(prev)}.${key}`;
}
