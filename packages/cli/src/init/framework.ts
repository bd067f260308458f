/** Where an application's files go, and what is in them. */
export interface Place {
  /** The folder of the sources, from the root: `src/`, or empty. */
  readonly folder: string;
  /** How a module beside `flags.ts` imports it. */
  readonly flags: string;
  /** The flag document, from the root. */
  readonly document: string;
  /** The day, `YYYY-MM-DD`. */
  readonly today: string;
}

/** What an application with flags needs of one framework. */
export interface Framework {
  readonly name: string;
  /** The package that an application of it depends on. */
  readonly dependency: string;
  /** The packages of Burgee that it needs besides core and stores. */
  readonly packages: readonly string[];
  /** Its files by path from the root. */
  files(place: Place): Readonly<Record<string, string>>;
  /** What its author has to add, where, in words and code. */
  steps(place: Place): readonly Step[];
}

/** Something that is left to the application's author. */
export interface Step {
  readonly where: string;
  readonly code: string;
}

/** The flag that an application begins with. */
export const FIRST_FLAG = "new-greeting";
