import * as React from "react";

type WaitFor = <Value>(promise: Promise<Value>) => Value;

/** A promise, with what came of it. */
interface Noted<Value> extends Promise<Value> {
  settled?: { readonly value: Value };
}

/** What `use` does, of a promise that never rejects. */
function suspend<Value>(promise: Noted<Value>): Value {
  if (promise.settled !== undefined) return promise.settled.value;
  throw promise.then((value) => {
    promise.settled = { value };
  });
}

/**
 * What came of a promise that never rejects; until then it suspends. It is React's own `use`, looked
 * up so that bundlers do not miss it in React 18, and there what Suspense knew before.
 */
export const waitFor: WaitFor = (Reflect.get(React, "use") as WaitFor | undefined) ?? suspend;
