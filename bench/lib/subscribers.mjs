// node subscribers.mjs <url> <key> <count> <flag>: instances that follow a flag set in Redis. Once each of them serves
// another value of the flag, it says so: the value, and when each served it.
import { createFlags } from "@burgee/core";
import { redisStore } from "@burgee/stores/redis";
import { createClient } from "redis";

const [url, key, count, flag] = process.argv.slice(2);

process.once("disconnect", () => process.exit());

const instances = Array.from({ length: Number(count) }, () => {
  const source = redisStore({ client: createClient({ url }), key, poll: 60_000 });
  return createFlags(
    { [flag]: { default: "false", variants: { true: true, false: false } } },
    { source },
  );
});
for (const flags of instances) {
  if (!(await flags.ready({ timeout: 30_000 }))) throw new Error("the flags did not come");
  flags.scope({}).get(flag);
}

const seen = new Map();
for (const flags of instances) {
  flags.observe({
    changed() {
      const at = process.hrtime.bigint();
      const { revision } = flags.health;
      const times = [...(seen.get(revision) ?? []), String(at)];
      seen.set(revision, times);
      if (times.length < instances.length) return;
      seen.delete(revision);
      process.send({ revision, value: flags.scope({}).get(flag), times });
    },
  });
}
process.send("ready");
