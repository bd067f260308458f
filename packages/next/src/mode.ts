/** Whether this is `next dev`, where flags are made again after an edit and are soon there. */
export function isDevelopment(): boolean {
  return process.env["NODE_ENV"] === "development";
}
