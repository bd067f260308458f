export { onRequestError } from "@burgee/next/instrumentation";

export async function register() {
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { startTelemetry } = await import("./telemetry.js");
    const { shop } = await import("./flags.js");
    startTelemetry();
    await shop.register();
  }
}
