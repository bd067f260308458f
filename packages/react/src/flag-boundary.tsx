"use client";
import { errorTypeOf } from "@burgee/core";
import {
  Component,
  type ErrorInfo,
  type JSX,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
} from "react";
import { FlagsContext } from "./flags-context.js";
import { type RecordedFlags, recordFlags } from "./recorded-flags.js";

/** How many flags a report names. */
const MAX_REPORTED = 100;

/** Properties of {@link FlagBoundary}. */
export interface FlagBoundaryProps {
  /**
   * What shows once something below has failed, or what makes it of the error, and of what shows the
   * children again. `@default nothing`
   */
  readonly fallback?: ReactNode | ((error: unknown, reset: () => void) => ReactNode);
  /** Told of every error that shows the fallback. What it throws is told to the window, and no more. */
  readonly onError?: (error: unknown, info: ErrorInfo) => void;
  readonly children?: ReactNode;
}

/**
 * Shows a fallback once a component below it has failed to render, and tells the server: the error's
 * class, the keys of the flags that were read on the screen, and the receipt that came with their
 * values. There it counts against the variants that were served. Put it below the provider.
 *
 * An error of a server component was counted by the server and is not told again; a framework's own
 * ways out of a render (Next's `redirect()`, `notFound()`) pass.
 *
 * @example
 * ```tsx
 * import { Flag, FlagBoundary } from "@burgee/react";
 *
 * export const Checkout = () => (
 *   <FlagBoundary fallback={(_error, reset) => <button onClick={reset}>Try again</button>}>
 *     <Flag name="new-checkout" fallback={<p>The checkout</p>}>
 *       <p>The new checkout</p>
 *     </Flag>
 *   </FlagBoundary>
 * );
 * ```
 */
export function FlagBoundary(props: FlagBoundaryProps): JSX.Element {
  const provided = useContext(FlagsContext);
  const recorded = useMemo(() => provided && recordFlags(provided), [provided]);
  return (
    <FlagsContext.Provider value={recorded}>
      <Boundary {...props} flags={recorded} />
    </FlagsContext.Provider>
  );
}

interface BoundaryProps extends FlagBoundaryProps {
  readonly flags: RecordedFlags | undefined;
}

interface BoundaryState {
  readonly failure?: { readonly error: unknown } | undefined;
}

class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = {};

  static getDerivedStateFromError(error: unknown): BoundaryState {
    if (digestOf(error)?.startsWith("NEXT_")) throw error;
    return { failure: { error } };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    const { flags, onError } = this.props;
    if (digestOf(error) === undefined && flags !== undefined) report(error, flags);
    try {
      onError?.(error, info);
    } catch (thrown) {
      globalThis.reportError?.(thrown);
    }
  }

  reset = (): void => this.setState({ failure: undefined });

  override render(): ReactNode {
    const { flags, fallback, children } = this.props;
    const { failure } = this.state;
    if (failure === undefined) return children;
    return (
      <>
        {typeof fallback === "function" ? fallback(failure.error, this.reset) : fallback}
        <Following flags={flags} />
      </>
    );
  }
}

/** Where all that read flags has failed, they stay live: a flag turned off may be what mends it. */
function Following({ flags }: Pick<BoundaryProps, "flags">): null {
  useEffect(() => flags?.begun()?.subscribe(() => {}), [flags]);
  return null;
}

/** Errors that were reported: several boundaries may catch the same one. */
const reported = new WeakSet<object>();

function report(error: unknown, flags: RecordedFlags): void {
  if (typeof error === "object" && error !== null) {
    if (reported.has(error)) return;
    reported.add(error);
  }
  const client = flags.begun()?.client;
  const keys = new Set([...flags.tried(), ...(client?.shown() ?? [])]);
  client?.report([...keys].slice(0, MAX_REPORTED), errorTypeOf(error));
  queueMicrotask(flags.forget); // others may have failed in the same render
}

/** What a server has put in place of an error's text: it has counted the error itself. */
function digestOf(error: unknown): string | undefined {
  const { digest } = Object(error) as { readonly digest?: unknown };
  return typeof digest === "string" ? digest : undefined;
}
