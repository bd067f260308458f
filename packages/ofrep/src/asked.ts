import type {
  Attributes,
  ContextInput,
  Definitions,
  EvaluationContext,
  FlagScope,
  Flags,
} from "@burgee/core";
import type { RequestScopeOptions } from "@burgee/core/node";
import { openFromHeaders } from "@burgee/core/signed";

/** Who is asking, by what he says and by what the server knows. */
export interface AskedOptions extends Pick<RequestScopeOptions<Request>, "overrides" | "visitor"> {
  /**
   * What is taken from the context that is sent: the attributes named, and no others, or what a function
   * makes of it.
   *
   * @default ["targetingKey"] of browsers, everything of servers
   */
  readonly acceptContext?: readonly string[] | ((sent: Attributes) => EvaluationContext);
  /**
   * What the server itself knows of who is asking. It wins over what he says.
   *
   * @default nothing
   */
  readonly context?: ContextInput<Request>;
}

/** Opens the scope of a request. */
export type OpenAsked = (request: Request, sent: Attributes) => Promise<FlagScope<Definitions>>;

/** Opens scopes by what requests say and what the server knows. */
export function createAsked<D extends Definitions>(
  flags: Flags<D>,
  options: AskedOptions & Required<Pick<AskedOptions, "acceptContext">>,
): OpenAsked {
  const { acceptContext, context = {} } = options;

  function taken(sent: Attributes): EvaluationContext {
    if (typeof acceptContext === "function") return acceptContext(sent);
    const named = acceptContext.filter((name) => Object.hasOwn(sent, name));
    return Object.fromEntries(named.map((name) => [name, sent[name]]));
  }

  return async (request, sent) => {
    const merged = async (): Promise<EvaluationContext> => {
      const known = typeof context === "function" ? await context(request) : context;
      return { ...taken(sent), ...known };
    };
    const headers = Object.fromEntries(request.headers);
    const scope = await openFromHeaders(
      flags,
      { ...options, context: merged },
      { headers },
      request,
    );
    return scope as unknown as FlagScope<Definitions>;
  };
}
