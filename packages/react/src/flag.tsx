"use client";
import {
  type ClientFlagKey,
  type Definition,
  opensGate,
  type RegisteredClientDefinitions,
  type VariantOf,
} from "@burgee/core";
import type { JSX, ReactNode } from "react";
import { useFlagDetails } from "./use-flag.js";
import type { ClientFlagValue } from "./values.js";

type ClientVariant<Key extends ClientFlagKey> = RegisteredClientDefinitions[Key] extends infer D
  ? D extends Definition
    ? VariantOf<D>
    : never
  : never;

type Is<Key extends ClientFlagKey> =
  boolean extends ClientFlagValue<Key>
    ? { readonly is?: ClientVariant<Key> | readonly ClientVariant<Key>[] }
    : { readonly is: ClientVariant<Key> | readonly ClientVariant<Key>[] };

/** Properties of {@link Flag}. */
export type FlagProps<Key extends ClientFlagKey> = Is<Key> & {
  /** The flag's key. */
  readonly name: Key;
  /** What shows while the flag is off. `@default nothing` */
  readonly fallback?: ReactNode;
  readonly children?: ReactNode;
};

/**
 * Shows its children while a flag is on: while its variant is one of `is`, or, for an on/off flag
 * without `is`, while its value is `true`.
 *
 * @example
 * ```tsx
 * import { Flag } from "@burgee/react";
 *
 * export const Header = () => (
 *   <Flag name="new-header" fallback={<h1>The shop</h1>}>
 *     <h1>The new shop</h1>
 *   </Flag>
 * );
 * ```
 */
export function Flag<Key extends ClientFlagKey>(props: FlagProps<Key>): JSX.Element {
  const { name, is, fallback, children } = props;
  return <>{opensGate(useFlagDetails(name), is) ? children : fallback}</>;
}
