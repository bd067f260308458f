"use client";
import { Component, type ErrorInfo, type JSX, type ReactNode, useContext, useEffect } from "react";
import { FlagsContext } from "./flags-context.js";

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
  return <Boundary {...props} report={provided?.report} />;
}

interface BoundaryProps extends FlagBoundaryProps {
  readonly report: ((error: unknown) => void) | undefined;
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
    const { report, onError } = this.props;
    if (digestOf(error) === undefined) report?.(error);
    try {
      onError?.(error, info);
    } catch (thrown) {
      globalThis.reportError?.(thrown);
    }
  }

  reset = (): void => this.setState({ failure: undefined });

  override render(): ReactNode {
    const { fallback, children } = this.props;
    const { failure } = this.state;
    if (failure === undefined) return children;
    return (
      <>
        {typeof fallback === "function" ? fallback(failure.error, this.reset) : fallback}
        <Following />
      </>
    );
  }
}

/** Where all that read flags has failed, they stay live: a flag turned off may be what mends it. */
function Following(): null {
  const provided = useContext(FlagsContext);
  useEffect(() => provided?.follow(), [provided]);
  return null;
}

/** What a server has put in place of an error's text: it has counted the error itself. */
function digestOf(error: unknown): string | undefined {
  const { digest } = Object(error) as { readonly digest?: unknown };
  return typeof digest === "string" ? digest : undefined;
}
