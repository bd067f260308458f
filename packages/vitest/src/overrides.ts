import type { FlagKey, Overrides, VariantName } from "@burgee/core";
import { frames, framesAround } from "./frames.js";

/** The names of variants to serve, by flag key: of registered flags these keys and variants alone. */
export type TestOverrides = { readonly [Key in FlagKey]?: VariantName<Key> };

/** What is overridden where this is called; undefined outside of any override. */
export function currentOverrides(): Overrides | undefined {
  let overrides = frames.everywhere;
  for (const frame of framesAround()) {
    if (frame.ended) break; // and so is what goes on inside of it
    overrides = { ...overrides, ...frame.overrides };
  }
  return overrides;
}

/** Overrides outside of any frame, until the returned function is called. */
export function overrideEverywhere(overrides: Overrides): () => void {
  const before = frames.everywhere;
  frames.everywhere = { ...before, ...overrides };
  return () => {
    frames.everywhere = before;
  };
}
