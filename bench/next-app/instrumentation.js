export { onRequestError } from "@burgee/next/instrumentation";

export async function register() {
  if (process.env.NEXT_RUNTIME === "nodejs" && process.env.BENCH_FLAGS === "on") {
    const { shop } = await import("./flags.js");
    await shop.register();
  }
}
