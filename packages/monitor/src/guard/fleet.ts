/** What one instance adds to the counts of all. */
export interface FleetAddition {
  /** How much is added to each count, by name. */
  readonly counts: Readonly<Record<string, number>>;
  /** Units that failed, as hashes, and the counts that each of them adds one to if it is new to the fleet. */
  readonly failures: readonly (readonly [unit: string, ...counts: string[]])[];
}

/** What one who asks for the lead is told. */
export interface FleetLead {
  /** Whether it leads, for some seconds. */
  readonly leads: boolean;
  /** What the last who led has saved. */
  readonly state: string | undefined;
  /** The counts of the buckets that are over, by bucket, the oldest first; none for those who do not lead. */
  readonly closed: readonly FleetBucket[];
}

/** The counts of one bucket. */
export interface FleetBucket {
  readonly bucket: number;
  readonly counts: Readonly<Record<string, number>>;
}

/** Where one series of counts is shared: of one flag, variant and epoch. */
export interface FleetSeries {
  add(addition: FleetAddition): Promise<void>;
  lead(): Promise<FleetLead>;
  /**
   * Saves what came of the buckets that are over, and forgets those.
   *
   * @returns false if another leads by now: nothing was saved
   */
  save(state: string, closed: readonly FleetBucket[]): Promise<boolean>;
}

/** Where the instances of a fleet put together what they count. */
export interface Fleet {
  /** What units are hashed by, the same for all. */
  unitKey(): Promise<Uint8Array>;
  /** @param bucket how long one is, @param kept for how long counts are kept, both in milliseconds */
  series(name: string, bucket: number, kept: number): FleetSeries;
}
