import type { ClientFlagKey, Definitions, JsonValue, Overrides, VariantName } from "@burgee/core";
import { FlagsProvider } from "@burgee/react";
import { type RenderOptions, type RenderResult, render } from "@testing-library/react";
import { Fragment, type JSX, type ReactNode } from "react";
import { currentOverrides } from "./overrides.js";

/** Options of {@link renderWithFlags}: those of `render`, and the flags. */
export interface RenderWithFlagsOptions extends RenderOptions {
  /** The definitions of the flags that components read. */
  readonly definitions: Definitions;
  /**
   * Their variants, by flag key; of those that are not named what is overridden in the test (by
   * `flagMatrix`, `withFlags`, `flagTest` or a project of `flagProjects`), else the default.
   *
   * @default none
   */
  readonly flags?: { readonly [Key in ClientFlagKey]?: VariantName<Key> };
}

/**
 * React Testing Library's `render`, with flags around what is rendered, and around each `rerender`. No
 * server is asked.
 *
 * @example
 * ```tsx
 * import { defineFlags } from "@burgee/core";
 * import { useFlag } from "@burgee/react";
 * import { renderWithFlags } from "@burgee/vitest/react";
 *
 * const definitions = defineFlags({ "new-header": { default: false } });
 * const Header = () => <h1>{useFlag("new-header") ? "The new shop" : "The shop"}</h1>;
 *
 * renderWithFlags(<Header />, { definitions, flags: { "new-header": "on" } });
 * ```
 */
export function renderWithFlags(ui: ReactNode, options: RenderWithFlagsOptions): RenderResult {
  const { definitions, flags, wrapper: Inner = Fragment, ...others } = options;
  const values = valuesOf(definitions, { ...currentOverrides(), ...(flags as Overrides) });
  const wrapper = ({ children }: { readonly children: ReactNode }): JSX.Element => (
    <FlagsProvider flags={definitions} values={values}>
      <Inner>{children}</Inner>
    </FlagsProvider>
  );
  return render(ui, { ...others, wrapper });
}

function valuesOf(definitions: Definitions, overrides: Overrides): Record<string, JsonValue> {
  const values = Object.entries(definitions).map(([key, { variants, default: safe }]) => {
    const named = Object.hasOwn(overrides, key) ? (overrides[key] as string) : safe;
    return [key, variants[Object.hasOwn(variants, named) ? named : safe] as JsonValue];
  });
  return Object.fromEntries(values);
}
