import { createFlags } from "@burgee/core";
import { memoryStore } from "@burgee/stores/memory";

const off = { state: "ENABLED", variants: { on: true, off: false }, defaultVariant: "off" };

const keys = Array.from({ length: 100 }, (_, index) => `flag-${index}`);

/** Flags, as an application's tests have them: a hundred, of which each test reads two. */
export const flags = createFlags(Object.fromEntries(keys.map((key) => [key, { default: false }])), {
  source: memoryStore({ flags: Object.fromEntries(keys.map((key) => [key, off])) }),
});

export function read() {
  const scope = flags.scope({});
  return [scope.get("flag-1"), scope.get("flag-2")];
}
