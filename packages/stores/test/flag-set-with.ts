import type { FlagSet } from "@burgee/core";

/** A flag set whose one flag has this default variant. */
export function flagSetWith(defaultVariant: "on" | "off"): FlagSet {
  return {
    flags: {
      "new-checkout": { state: "ENABLED", variants: { on: true, off: false }, defaultVariant },
    },
  };
}
