"use client";
import type { FlagPayload } from "@burgee/ofrep/client";
import { FlagsProvider, type ServerScope } from "@burgee/react";
import type { JSX, ReactNode } from "react";
import { renderedRecord } from "./rendered-record.js";

/** Properties of {@link HydratedFlags}. */
export interface HydratedFlagsProps {
  /** The name of the Flags. */
  readonly name: string;
  /** Where browsers reach the flags' route. */
  readonly path: string;
  readonly payload: Promise<FlagPayload>;
  readonly children?: ReactNode;
}

/**
 * Gives the hooks a payload that is on its way. While the server renders, what they read is an
 * exposure in the request's scope, which is open by the time the payload has come.
 */
export function HydratedFlags({ name, path, payload, children }: HydratedFlagsProps): JSX.Element {
  const record = renderedRecord();
  const scope: ServerScope | undefined = record && {
    details: (key) => record.opened(name)?.details(key) as ReturnType<ServerScope["details"]>,
  };
  return (
    <FlagsProvider url={path} initial={payload} scope={scope}>
      {children}
    </FlagsProvider>
  );
}
