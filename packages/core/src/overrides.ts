import type { Definition } from "./define.js";

/**
 * The names of variants to serve in a scope whatever the rules say, by flag key. What names no flag
 * or no variant of it is ignored, and so is a flag of kind `permission`.
 */
export type Overrides = Readonly<Record<string, string>>;

/** The variant that overrides name for a flag, if they may. */
export function overrideOf(
  overrides: Overrides,
  key: string,
  definition: Definition,
): string | undefined {
  return definition.kind === "permission" ? undefined : variantIn(overrides, key, definition);
}

/** The variant that overrides name for a flag, if it has one of that name. */
export function variantIn(
  overrides: Overrides,
  key: string,
  { variants }: Definition,
): string | undefined {
  if (!Object.hasOwn(overrides, key)) return undefined;
  const variant: unknown = overrides[key];
  return typeof variant === "string" && Object.hasOwn(variants, variant) ? variant : undefined;
}
