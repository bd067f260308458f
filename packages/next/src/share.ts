import type { Definitions, Flags } from "@burgee/core";
import { checkRequestOptions } from "@burgee/core/node";
import { isDevelopment } from "./mode.js";
import { type Declared, registry } from "./registry.js";
import { createShared, type NextFlagsOptions, type Shared } from "./shared-flags.js";

/**
 * Says how the Flags of a name are made. The first of a process counts; in development the last,
 * which is the newest version of the application's code.
 */
export function share<D extends Definitions, C extends Definitions, A>(
  name: string,
  create: () => Flags<D, C>,
  options: NextFlagsOptions<D, C, A>,
): void {
  checkRequestOptions(options);
  const known = registry.declared.get(name);
  if (known !== undefined && !isDevelopment()) return;
  known?.made?.close();
  registry.declared.set(name, {
    make: () => createShared(name, create, options, registry.outside),
  });
}

/** The Flags of a name that was declared: the same for all, made for whoever asks first. */
export function sharedBy(name: string): Shared {
  const declared = registry.declared.get(name) as Declared;
  declared.made ??= declared.make();
  return declared.made;
}
