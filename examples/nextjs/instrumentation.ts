export { onRequestError } from "@burgee/next/instrumentation";

/** Runs once, when the server starts. */
export async function register() {
  if (process.env["NEXT_RUNTIME"] === "nodejs") {
    const { shop } = await import("./flags");
    await shop.register();
  }
}
