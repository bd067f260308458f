/** What the command ends with. Scripts and CI may rely on these numbers. */
export const exitCodes = {
  /** It was done, or there was nothing to do. */
  ok: 0,
  /** It found what it looks for: faults, drift, stale flags, a broken history, a flag that is refused. */
  findings: 1,
  /** The command line, the configuration or a document cannot be used. */
  usage: 2,
  /** Git and the store were both changed, or somebody else was quicker, again and again. */
  conflict: 3,
  /** The store cannot be reached, or may not be written. */
  store: 4,
  /** A person was asked, and said no. */
  declined: 5,
  /** A fault of burgee itself. */
  bug: 70,
} as const;

/** Why the command ended, by name. */
export type Ending = keyof typeof exitCodes;

/** One of the numbers that the command ends with. */
export type ExitCode = (typeof exitCodes)[Ending];
