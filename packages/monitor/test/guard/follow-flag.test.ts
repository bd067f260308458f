import type { FlagDefinition, FlagStore } from "@burgee/core";
import { memoryStore } from "@burgee/stores/memory";
import { expect, test } from "vitest";
import { followFlag } from "../../src/guard/follow-flag.js";
import { newCheckout, withCheckout } from "./guarded.js";

/** A store that counts how often a flag set is asked for, and what was seen in it. */
function followed() {
  const held = memoryStore(withCheckout(newCheckout(50)));
  const asked: string[] = [];
  const store: FlagStore = {
    ...held,
    subscribe: (sink) =>
      held.subscribe({
        ...sink,
        next: (revision) =>
          sink.next({
            ...revision,
            get flagSet() {
              asked.push(revision.id);
              return revision.flagSet;
            },
          }),
      }),
  };
  const seen: (FlagDefinition | undefined)[] = [];
  const end = followFlag(store, "new-checkout", (definition) => seen.push(definition));
  const commit = async (flags: object) => {
    const expected = (await held.read()).id;
    await held.commit({ expected, flags, actor: "ada", reason: "a test", kind: "manual" });
  };
  return { asked, seen, end, commit };
}

test("a flag is seen at first, and when it changes or goes", async () => {
  const { seen, end, commit } = followed();
  await commit({ put: { "new-checkout": newCheckout(10) } });
  await commit({ remove: ["new-checkout"] });
  end();
  await commit({ put: { "new-checkout": newCheckout(20) } });
  expect(seen).toEqual([newCheckout(50), newCheckout(10), undefined]);
});

test("the flag set of a revision that changed other flags is not asked for", async () => {
  const { asked, seen, commit } = followed();
  await commit({ put: { "another-flag": newCheckout(10) } });
  expect(asked).toHaveLength(1);
  expect(seen).toHaveLength(1);
});
