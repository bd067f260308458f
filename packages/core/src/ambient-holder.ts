/** Where the current scope is kept: one storage a process, however often this package is loaded. */
export const AMBIENT = Symbol.for("burgee.scope.v1");

/** What is kept there: an AsyncLocalStorage, once `@burgee/core/ambient` is loaded. */
export interface AmbientHolder {
  [AMBIENT]?: {
    run<Result>(scope: object, work: () => Result): Result;
    getStore(): object | undefined;
  };
}
