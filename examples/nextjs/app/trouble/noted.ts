/** What went on where no response tells of it: one in this process, however often Next loads this file. */
interface Noted {
  /** How often the slow page has come to its end. */
  late: number;
  /** The flag as it was after each response, by who asked. */
  readonly after: Record<string, boolean>;
}

const holder = globalThis as { noted?: Noted };
holder.noted ??= { late: 0, after: {} };

export const noted = holder.noted;
