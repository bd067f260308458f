interface Builtins {
  readonly "node:async_hooks": typeof import("node:async_hooks");
  readonly "node:diagnostics_channel": typeof import("node:diagnostics_channel");
}

/** A module of Node's, without an import, which no bundle for the Edge runtime may have. */
export function builtin<Name extends keyof Builtins>(name: Name): Builtins[Name] {
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: string): unknown };
  };
  return process?.getBuiltinModule?.(name) as Builtins[Name];
}
