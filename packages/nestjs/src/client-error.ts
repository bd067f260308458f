/** The codes of GraphQL errors that are the client's; those of an HTTP status of 400 to 499. */
const CLIENT_CODES: ReadonlySet<unknown> = new Set([
  "BAD_REQUEST",
  "BAD_USER_INPUT",
  "CONFLICT",
  "FORBIDDEN",
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "NOT_FOUND",
  "OPERATION_RESOLUTION_FAILURE",
  "PERSISTED_QUERY_NOT_FOUND",
  "PERSISTED_QUERY_NOT_SUPPORTED",
  "TOO_MANY_REQUESTS",
  "UNAUTHENTICATED",
  "UNAUTHORIZED",
  "UNPROCESSABLE_ENTITY",
]);

/**
 * Whether an error says that it is the client's: by a status of 400 to 499 (an `HttpException`, what an
 * `RpcException` or a `WsException` was made of), or by the code of a GraphQL error.
 */
export function isClientError(error: unknown): boolean {
  try {
    return saysClient(error);
  } catch {
    return false; // an error may have getters that throw
  }
}

function saysClient(error: unknown): boolean {
  const { extensions } = recordOf(error);
  if (CLIENT_CODES.has(recordOf(extensions)["code"])) return true;
  return [error, answerOf(error), recordOf(extensions)["http"]].some((place) => {
    const { status, statusCode = status } = recordOf(place);
    return typeof statusCode === "number" && statusCode >= 400 && statusCode < 500;
  });
}

/** What an `RpcException` or a `WsException` answers. */
function answerOf(error: unknown): unknown {
  const { getError } = recordOf(error);
  return typeof getError === "function" ? getError.call(error) : undefined;
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
