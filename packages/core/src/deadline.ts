import { LONGEST } from "./alarm.js";

/** What the promise gives, or `late` once the time, in milliseconds, is up. */
export async function within<Value, Late>(
  time: number,
  promise: Promise<Value>,
  late: Late,
): Promise<Value | Late> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<Late>((resolve) => {
    timer = setTimeout(resolve, Math.min(time, LONGEST), late);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
