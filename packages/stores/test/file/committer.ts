import { BurgeeError } from "@burgee/core";
import { fileStore } from "@burgee/stores/file";

/**
 * Commits to a file, as `actor`, and says the hash of each entry once it is written: a flag of the
 * actor's name counts them.
 */
const [path = "", actor = "", count = "Infinity"] = process.argv.slice(2);
const store = fileStore(path);

for (let made = 0; made < Number(count); ) {
  try {
    const { id, flagSet } = await store.read();
    const counted = Number(flagSet.flags[actor]?.variants["count"] ?? 0) + 1;
    const { hash } = await store.commit({
      expected: id,
      flags: { put: { [actor]: { state: "ENABLED", variants: { count: counted } } } },
      actor,
      reason: "one more",
      kind: "release",
    });
    process.stdout.write(`${hash}\n`);
    made++;
  } catch (error) {
    if (!(error instanceof BurgeeError && error.code === "REVISION_CONFLICT")) throw error;
  }
}
